(* The lower bound for every kernel method, on networks of depth L, end to    *)
(* end.                                                                       *)
(*                                                                            *)
(* In words.  Let H >= 1, p = 2^H <= d, and let the targets be the signed     *)
(* trees of Network.v: quadratic networks of depth L = H + 1, one for each    *)
(* set S of p coordinates of {-1,1}^d.  A learner draws a kernel K and N      *)
(* centres from any finite distribution q that does not depend on S, and then *)
(* predicts the target of S by an intercept plus a combination of             *)
(* K(., centre_1) .. K(., centre_N), the coefficients chosen with full        *)
(* knowledge of everything.  Then the expected squared error, relative to the *)
(* variance of the target and averaged over all C(d,p) targets, is at least   *)
(*     1 - N/C(d,p).                                                          *)
(* Hence relative error tau needs N >= (1 - tau) C(d,p) >= (1 - tau) (d/p)^p  *)
(* centres, also for one fixed worst target.                                  *)
(*                                                                            *)
(* Order of quantifiers: d, H, alpha, N; then q, K, centres; then the draw;   *)
(* then S; then the coefficients.  alpha_H <> 0 is the only condition on the  *)
(* output weights.                                                            *)
(*                                                                            *)
(* Not covered: learners whose features depend on labels (label-adaptive      *)
(* queries, kernels learned from labels, a bandwidth tuned per target over a  *)
(* continuum); other input distributions; that the network itself is learned. *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres Parity.
From KernelProofs Require Import Network SignedTree.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* Variance under the uniform distribution on the cube. *)
Definition cube_variance (R : realFieldType) (d : nat) (f : cube d -> R) : R :=
  cube_mean (fun x => (f x - cube_mean f) ^+ 2).

(* Squared error of an intercept and N kernel sections, relative to the       *)
(* variance of the target f.                                                  *)
Definition relative_error (R : realFieldType) (d N : nat) (f : cube d -> R)
    (K : cube d -> cube d -> R) (ctr : 'I_N -> cube d) (a0 : R) (a : 'I_N -> R) : R :=
  cube_mean (fun x => (f x - (a0 + \sum_j a j * K x (ctr j))) ^+ 2)
  / cube_variance f.

Section Bound.
Variables (R : rcfType) (d H : nat) (alpha : nat -> R).
Hypothesis H_gt0 : (0 < H)%N.
Hypothesis p_le_d : (2 ^ H <= d)%N.
Hypothesis top_neq0 : alpha H != 0.
Local Notation p := (2 ^ H)%N.
Local Notation tree S := (signed_tree H S alpha).
Local Notation b := (alpha H * tree_gain R H.-1).

Lemma scale_neq0 : b != 0.
Proof. by rewrite mulf_neq0 // gt_eqF // tree_gain_gt0. Qed.

Lemma parity_size S : S \in parities d p -> #|S| = p.
Proof. by rewrite inE => /eqP. Qed.

Lemma parity_mean0 S : S \in parities d p -> cube_mean (chi R S) = 0.
Proof.
move=> /parity_size cardS; apply: chi_mean0.
by rewrite -card_gt0 cardS expn_gt0.
Qed.

Lemma cube_mean_eq (f g : cube d -> R) : f =1 g -> cube_mean f = cube_mean g.
Proof. by move=> fg; congr (_ * _); apply: eq_bigr => x _. Qed.

Lemma cube_meanZ c (f : cube d -> R) : cube_mean (fun x => c * f x) = c * cube_mean f.
Proof. by rewrite !cube_meanE meanZ. Qed.

(* All the variance is in the parity. *)
Theorem signed_tree_variance S : S \in parities d p ->
  cube_variance (tree S) = b ^+ 2.
Proof.
move=> SP; have cardS := parity_size SP.
have meanE : cube_mean (tree S) = tree_constant H alpha.
  under [LHS]cube_mean_eq => x do rewrite signed_tree_output //.
  rewrite cube_meanE meanD mean_const ?cube_weight_sum1 // meanZ -cube_meanE.
  by rewrite parity_mean0 // mulr0 addr0.
rewrite /cube_variance meanE.
under [LHS]cube_mean_eq => x do rewrite signed_tree_output // addrC addKr exprMn.
rewrite cube_meanZ; under [X in _ * X]cube_mean_eq => x do rewrite expr2.
by rewrite chi_orthonormal eqxx mulr1.
Qed.

Lemma relative_errorE N K (ctr : 'I_N -> cube d) a0 a S : S \in parities d p ->
  relative_error (tree S) K ctr a0 a =
  mean (fun=> (2 ^ d)%:R^-1) (fun x => (chi R S x
    - ((a0 - tree_constant H alpha) / b + \sum_j (a j / b) * K x (ctr j))) ^+ 2).
Proof.
move=> SP; have cardS := parity_size SP; have b0 := scale_neq0.
rewrite /relative_error signed_tree_variance // -cube_meanE mulrC -cube_meanZ.
apply: cube_mean_eq => x; rewrite -exprVn -exprMn signed_tree_output //.
congr (_ ^+ 2); under [in RHS]eq_bigr do rewrite mulrAC.
rewrite -mulr_suml -mulrDl; apply: (mulfI b0).
rewrite mulrA mulfV // mul1r mulrBr [b * (_ / b)]mulrC divfK //.
rewrite opprD [in RHS]opprD opprB [tree_constant H alpha + b * _]addrC.
by rewrite -!addrA.
Qed.

Section Learner.
Variables (N : nat) (Omega : finType) (q : Omega -> R).
Variables (K : Omega -> cube d -> cube d -> R) (ctr : Omega -> 'I_N -> cube d).
Hypothesis qP : distribution q.
Variables (a0 : Omega -> {set 'I_d} -> R) (a : Omega -> {set 'I_d} -> 'I_N -> R).

(* Expected relative error on the target of S. *)
Definition tree_error (S : {set 'I_d}) : R :=
  \sum_o q o * relative_error (tree S) (K o) (ctr o) (a0 o S) (a o S).

Theorem signed_tree_kernel_bound :
  1 - N%:R / 'C(d, p)%:R <=
  'C(d, p)%:R^-1 * \sum_(S in parities d p) tree_error S.
Proof.
apply: parity_average => //; apply: average_sum_ge => // o.
under eq_bigr => S SP do rewrite relative_errorE //.
apply: (feature_bound_intercept (@cube_weight_ge0 R d) (@cube_weight_sum1 R d)
  (fun j x => K o x (ctr o j)) (fun S => (a0 o S - _) / _)
  (fun S j => a o S j / _) ler01 (@chi_orth_mean R d p)) => S SP.
by rewrite -cube_meanE parity_mean0.
Qed.

Lemma binom_gt0 : 0 < 'C(d, p)%:R :> R.
Proof. by rewrite ltr0n bin_gt0. Qed.

(* One fixed target is as hard as the average. *)
Corollary signed_tree_hard_target :
  exists2 S : {set 'I_d}, #|S| = p & 1 - N%:R / 'C(d, p)%:R <= tree_error S.
Proof.
set B := 1 - _.
case: (boolP [exists S, (S \in parities d p) && (B <= tree_error S)]).
  by move=> /existsP [S /andP [/parity_size cardS hS]]; exists S.
rewrite negb_exists => /forallP none; exfalso.
have := signed_tree_kernel_bound; apply/negP; rewrite -ltNge -/B.
rewrite mulrC ltr_pdivr_mulr ?binom_gt0 // -(card_parities d p) mulr_natr -sumr_const.
have lt S : S \in parities d p -> tree_error S < B.
  by move=> SP; have := none S; rewrite SP /= -ltNge.
have [S0 S0P] : exists S, S \in parities d p.
  by apply/set0Pn; rewrite -card_gt0 card_parities bin_gt0.
rewrite (bigD1 S0) //= [X in _ < X](bigD1 S0) //=.
by apply: ltr_le_add; [exact: lt|apply: ler_sum => S /andP [SP _]; exact/ltW/lt].
Qed.

(* C(d,p) >= (d/p)^p. *)
Lemma binomial_power m n : (m <= n)%N -> (n ^ m <= m ^ m * 'C(n, m))%N.
Proof.
move=> mn; rewrite -(leq_pmul2r (fact_gt0 m)) -mulnA bin_ffact -ffactnn !ffact_prod.
have powE k : (k ^ m = \prod_(i < m) k)%N by rewrite prod_nat_const card_ord.
rewrite !powE -!big_split /=; apply: leq_prod => i _.
by rewrite !mulnBr [(n * m)%N]mulnC leq_sub2l // leq_mul2r mn orbT.
Qed.

(* Mean relative error tau needs (1 - tau) C(d,p) centres, hence at least     *)
(* (1 - tau) (d/p)^p: a power of d that grows with the depth.                 *)
Corollary signed_tree_needs_centres (tau : R) :
  ('C(d, p)%:R^-1 * \sum_(S in parities d p) tree_error S)%R <= tau ->
  (1 - tau) * 'C(d, p)%:R <= N%:R.
Proof.
move=> /(le_trans signed_tree_kernel_bound); rewrite ler_subl_addr -ler_subl_addl.
by rewrite ler_pdivl_mulr ?binom_gt0.
Qed.

Corollary signed_tree_needs_power (tau : R) :
  tau <= 1 ->
  ('C(d, p)%:R^-1 * \sum_(S in parities d p) tree_error S)%R <= tau ->
  (1 - tau) * d%:R ^+ p <= N%:R * p%:R ^+ p.
Proof.
move=> tau1 /signed_tree_needs_centres h.
have pp0 : 0 <= p%:R ^+ p :> R by rewrite exprn_ge0 ?ler0n.
apply: le_trans (ler_wpmul2r pp0 h); rewrite -mulrA ler_wpmul2l ?subr_ge0 //.
by rewrite -!natrX -natrM ler_nat mulnC binomial_power.
Qed.

End Learner.
End Bound.
