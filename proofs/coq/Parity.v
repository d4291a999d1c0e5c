(* Parities on the cube, and the kernel lower bound for them.                 *)
(*                                                                            *)
(* In words.  On {0,1}^d with the uniform distribution let chi_S(x) be the    *)
(* product over i in S of (-1)^(x_i).  Fix any N features, e.g. a kernel K of *)
(* any kind (no symmetry, no positivity) at N centres.  Then, whatever        *)
(* coefficients are used for each target, the mean squared error averaged     *)
(* over all C(d,p) parities with |S| = p is at least 1 - N/C(d,p) (each       *)
(* parity has variance 1).  The same for the squared distances to the span,   *)
(* and when the centres are drawn at random from any finite distribution      *)
(* that does not depend on S: then the expected error obeys the bound, for    *)
(* the average target and so for at least one fixed target.                   *)
(*                                                                            *)
(* Order of quantifiers: d, p, N; the kernel and the law of the centres; the  *)
(* draw; the target S; the coefficients.                                      *)
(*                                                                            *)
(* Not covered: centres or kernels chosen with knowledge of S.                *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Parity.
Variables (R : realFieldType) (d : nat).
Definition cube := {ffun 'I_d -> bool}.

(* chi S x = product over i in S of the sign (-1)^(x i). *)
Definition chi (S : {set 'I_d}) (x : cube) : R := \prod_(i in S) (-1) ^+ x i.

Lemma card_cube : #|{: cube}| = (2 ^ d)%N.
Proof. by rewrite card_ffun card_bool card_ord. Qed.

(* Distinct parities are orthogonal, each has square 1. *)
Lemma chi_orth (S T : {set 'I_d}) :
  \sum_x chi S x * chi T x = (2 ^ d)%:R *+ (S == T).
Proof.
pose h i (b : bool) : R :=
  (if i \in S then (-1) ^+ b else 1) * (if i \in T then (-1) ^+ b else 1).
have -> : \sum_x chi S x * chi T x = \prod_i \sum_b h i b.
  rewrite bigA_distr_bigA; apply: eq_bigr => x _.
  by rewrite big_split /= -!big_mkcond.
have hE i : \sum_b h i b = if (i \in S) == (i \in T) then 2%:R else 0.
  rewrite big_bool /h /= expr0 expr1.
  by case: (i \in S); case: (i \in T); rewrite /= ?mulrNN ?mulr1 ?mul1r ?addNr.
have [eST|neq] := eqVneq S T.
  under eq_bigr do rewrite hE eST eqxx.
  by rewrite prodr_const card_ord natrX.
rewrite mulr0n; have [i neqi] : exists i, (i \in S) != (i \in T).
  apply/existsP; apply: contraR neq; rewrite negb_exists => /forallP eqST.
  by apply/eqP/setP => i; apply/eqP; have := eqST i; rewrite negbK.
by rewrite (bigD1 i) //= hE (negbTE neqi) mul0r.
Qed.

(* Mean over the uniform distribution on the cube. *)
Definition cube_mean (g : cube -> R) : R := (2 ^ d)%:R^-1 * \sum_x g x.

Lemma two_pow_neq0 : (2 ^ d)%:R != 0 :> R.
Proof. by rewrite pnatr_eq0 expn_eq0. Qed.

Lemma cube_meanE g : cube_mean g = mean (fun=> (2 ^ d)%:R^-1) g.
Proof. by rewrite /cube_mean mulr_sumr. Qed.

Lemma chi_orthonormal (S T : {set 'I_d}) :
  cube_mean (fun x => chi S x * chi T x) = 1 *+ (S == T).
Proof.
rewrite /cube_mean chi_orth; case: eqP => _ /=; last by rewrite !mulr0n mulr0.
by rewrite !mulr1n mulVf // two_pow_neq0.
Qed.

Lemma cube_weight_ge0 (x : cube) : 0 <= (2 ^ d)%:R^-1 :> R.
Proof. by rewrite invr_ge0 ler0n. Qed.

Lemma cube_weight_sum1 : \sum_(x : cube) (2 ^ d)%:R^-1 = 1 :> R.
Proof.
by rewrite sumr_const card_cube -[_^-1 *+ _]mulr_natr mulVf // two_pow_neq0.
Qed.

(* A nonempty parity has mean 0. *)
Lemma chi_mean0 (S : {set 'I_d}) : S != set0 -> cube_mean (chi S) = 0.
Proof.
move=> S0; have := chi_orthonormal S set0; rewrite (negbTE S0) mulr0n => <-.
congr (_ * _); apply: eq_bigr => x _.
by rewrite [chi set0 x]big_set0 mulr1.
Qed.

Definition parities (p : nat) : {set {set 'I_d}} := [set S : {set 'I_d} | #|S| == p].

Lemma card_parities p : #|parities p| = 'C(d, p).
Proof. by rewrite card_draws card_ord. Qed.

(* From a sum over the parities to the mean over them. *)
Lemma parity_average (p N : nat) (g : {set 'I_d} -> R) : (p <= d)%N ->
  1 * (#|parities p|%:R - N%:R) <= \sum_(S in parities p) g S ->
  1 - N%:R / 'C(d, p)%:R <= 'C(d, p)%:R^-1 * \sum_(S in parities p) g S.
Proof.
move=> led; have M0 : 0 < 'C(d, p)%:R :> R by rewrite ltr0n bin_gt0.
rewrite card_parities mul1r => h.
by rewrite [X in _ <= X]mulrC ler_pdivl_mulr // mulrBl divfK ?gt_eqF // mul1r.
Qed.

Lemma chi_orth_mean p : {in parities p &, forall S T : {set 'I_d},
  mean (fun=> (2 ^ d)%:R^-1) (fun x => chi S x * chi T x) = 1 *+ (S == T)}.
Proof. by move=> S T _ _; rewrite -cube_meanE chi_orthonormal. Qed.

(* N features of any kind, any coefficients. *)
Theorem parity_feature_bound (p N : nat) (phi : 'I_N -> cube -> R)
    (a : {set 'I_d} -> 'I_N -> R) : (p <= d)%N ->
  1 - N%:R / 'C(d, p)%:R <= 'C(d, p)%:R^-1 *
    \sum_(S in parities p)
      cube_mean (fun x => (chi S x - \sum_j (a S j * phi j x)) ^+ 2).
Proof.
move=> led; apply: parity_average => //; under eq_bigr do rewrite cube_meanE.
exact: (feature_bound cube_weight_ge0 phi a ler01 (@chi_orth_mean p)).
Qed.

(* The infimum form: squared distances to the span of the features. *)
Theorem parity_distance_bound (p N : nat) (phi : 'I_N -> cube -> R) :
  (p <= d)%N ->
  1 - N%:R / 'C(d, p)%:R <= 'C(d, p)%:R^-1 *
    \sum_(S in parities p) distance (fun=> (2 ^ d)%:R^-1) (chi S) phi.
Proof.
move=> led; apply: parity_average => //.
exact: (feature_bound_distance cube_weight_ge0 phi ler01 (@chi_orth_mean p)).
Qed.

(* Kernel methods: the features are x |-> K x (ctr j) at N centres, whatever  *)
(* K is (no symmetry, no positivity) and however the centres were chosen.     *)
Corollary parity_kernel_bound (p N : nat) (K : cube -> cube -> R)
    (ctr : 'I_N -> cube) (a : {set 'I_d} -> 'I_N -> R) :
  (p <= d)%N ->
  1 - N%:R / 'C(d, p)%:R <= 'C(d, p)%:R^-1 *
    \sum_(S in parities p) cube_mean
       (fun x => (chi S x - \sum_j (a S j * K x (ctr j))) ^+ 2).
Proof. exact: parity_feature_bound. Qed.

(* Centres (and kernel) drawn from any finite distribution q that does not    *)
(* depend on the target.  The coefficients a see the draw and the target.     *)
Theorem parity_random_kernel_bound (p N : nat) (Omega : finType)
    (q : Omega -> R) (K : Omega -> cube -> cube -> R)
    (ctr : Omega -> 'I_N -> cube) (a : Omega -> {set 'I_d} -> 'I_N -> R) :
  distribution q -> (p <= d)%N ->
  1 - N%:R / 'C(d, p)%:R <= 'C(d, p)%:R^-1 *
    \sum_(S in parities p) \sum_o q o * cube_mean
       (fun x => (chi S x - \sum_j (a o S j * K o x (ctr o j))) ^+ 2).
Proof.
move=> qP led; apply: parity_average => //; apply: average_sum_ge => // o.
under eq_bigr do rewrite cube_meanE.
exact: (feature_bound cube_weight_ge0 (fun j x => K o x (ctr o j)) (a o)
  ler01 (@chi_orth_mean p)).
Qed.

(* One parity, fixed before the sample is drawn: N independent uniform        *)
(* centres (the draws are all N-tuples of points, each with the same          *)
(* probability 2^(-dN)) leave an expected error of at least 1 - N/C(d,p).     *)
Theorem parity_sample_hard_target (p N : nat) (K : cube -> cube -> R)
    (a : {ffun 'I_N -> cube} -> {set 'I_d} -> 'I_N -> R) :
  (p <= d)%N ->
  exists2 S : {set 'I_d}, #|S| = p &
    1 - N%:R / 'C(d, p)%:R <=
    \sum_(z : {ffun 'I_N -> cube}) (2 ^ d)%:R^-1 ^+ N * cube_mean
       (fun x => (chi S x - \sum_j (a z S j * K x (z j))) ^+ 2).
Proof.
move=> led; pose q (z : {ffun 'I_N -> cube}) : R := (2 ^ d)%:R^-1 ^+ N.
have qP : distribution q.
  split=> [z|]; first by rewrite exprn_ge0 // invr_ge0 ler0n.
  rewrite sumr_const card_ffun card_cube card_ord -[_ *+ _]mulr_natr (natrX _ _ N).
  by rewrite -exprMn mulVf ?expr1n // two_pow_neq0.
have D0 : (0 < #|parities p|)%N by rewrite card_parities bin_gt0.
have [S SD SB] := random_feature_hard_target cube_weight_ge0 qP
  (fun z (j : 'I_N) x => K x (z j)) ler01 (@chi_orth_mean p) a D0.
exists S; first by move: SD; rewrite inE => /eqP.
rewrite mul1r card_parities in SB; apply: le_trans SB _.
rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => z _.
by rewrite cube_meanE.
Qed.

End Parity.
