(* The product of p coordinates needs exponentially many neurons.             *)
(*                                                                            *)
(* In words.  Let p = k + l.  The tensor of the monomial x_1 x_2 ... x_p has  *)
(* entry 1/p! at every arrangement of the p coordinates and 0 elsewhere.  For *)
(* any N ridge tensors c_r w_r (x) ... (x) w_r,                               *)
(*     p! || tensor - sum of the ridge tensors ||^2  >=  1 - N / C(p,k).      *)
(* The left side is the degree-p part of the squared error of a two-layer     *)
(* network with N neurons under Gaussian input, whatever its activations      *)
(* (that identity is analysis and is not formalised); the monomial has        *)
(* variance 1.  So relative error tau needs N >= (1 - tau) C(p, p/2) neurons. *)
(*                                                                            *)
(* Proof.  For fixed orderings of the k-sets and of their complements the     *)
(* flattening contains 1/p! times the identity of size C(p,k), and the k! l!  *)
(* such blocks are disjoint.                                                  *)
From mathcomp Require Import all_ssreflect all_algebra all_fingroup.
From KernelProofs Require Import Projection KyFan Spectrum RankOne.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Monomial.
Variables (R : realFieldType) (k l : nat).
Local Notation p := (k + l)%N.

(* The rows i and the columns j together name every coordinate. *)
Definition monomial_entry (i : {ffun 'I_k -> 'I_p}) (j : {ffun 'I_l -> 'I_p}) : R :=
  if [forall x, (x \in codom i) || (x \in codom j)] then (p`!)%:R^-1 else 0.

Lemma sum_injective (T U : finType) (h : T -> U) (g : U -> R) :
  injective h -> (forall u, 0 <= g u) -> \sum_t g (h t) <= \sum_u g u.
Proof.
move=> hi g0; rewrite -(big_imset g (in2W hi)) /= [X in _ <= X](bigID (mem (h @: T))) /=.
by rewrite ler_addl sumr_ge0.
Qed.

(* An ordering of a set of n coordinates. *)
Lemma ordering_exists n (A : {set 'I_p}) : #|A| = n ->
  exists f : {ffun 'I_n -> 'I_p}, injective f /\ codom f =i A.
Proof.
move=> cA; exists [ffun s : 'I_n => enum_val (cast_ord (esym cA) s)].
have inj : injective [ffun s : 'I_n => enum_val (cast_ord (esym cA) s)].
  by move=> s t; rewrite !ffunE => /enum_val_inj /cast_ord_inj.
split=> // x; apply/idP/idP => [/codomP [s ->]|xA]; first by rewrite ffunE enum_valP.
apply/codomP; exists (cast_ord cA (enum_rank_in xA x)).
by rewrite ffunE cast_ordK enum_rankK_in.
Qed.

(* Any reordering of such lists: as many as permutations, and all different. *)
Lemma reorder_inj n (T : finType) (f : T -> {ffun 'I_n -> 'I_p}) :
  (forall A, injective (f A)) ->
  (forall A B, codom (f A) =i codom (f B) -> A = B) ->
  injective (fun As : T * {perm 'I_n} => [ffun s => f As.1 (As.2 s)]).
Proof.
move=> fi fd [A s] [B t] /= /ffunP E.
have E' x : f A (s x) = f B (t x) by have := E x; rewrite !ffunE.
have AB : A = B.
  apply: fd => y; apply/codomP/codomP => -[x ->].
    by exists (t (s^-1%g x)); rewrite -E' permKV.
  by exists (s (t^-1%g x)); rewrite E' permKV.
by subst B; congr (_, _); apply/permP => x; apply: (fi A); apply: E'.
Qed.

Local Notation ksets := {A : {set 'I_p} | #|A| == k}.

Lemma card_ksets : #|{: ksets}| = 'C(p, k).
Proof.
rewrite card_sig -[in RHS](card_ord p) -card_draws.
by apply: eq_card => A; rewrite !inE.
Qed.

Theorem monomial_width N (c : 'I_N -> R) (w : 'I_N -> 'I_p -> R) :
  1 - N%:R / 'C(p, k)%:R <= (p`!)%:R * ridge_distance monomial_entry c w.
Proof.
have rows (A : ksets) : exists f : {ffun 'I_k -> 'I_p},
    injective f /\ codom f =i val A.
  by apply: ordering_exists; apply/eqP; exact: (valP A).
have cols (A : ksets) : exists f : {ffun 'I_l -> 'I_p},
    injective f /\ codom f =i ~: val A.
  apply: ordering_exists.
  by rewrite cardsCs setCK card_ord (eqP (valP A)) addKn.
have [f fP] := fin_all_exists rows; have [g gP] := fin_all_exists cols.
pose E i j := monomial_entry i j - \sum_r ridge_entry (c r) (w r) i j.
pose row (As : ksets * {perm 'I_k}) := [ffun s => f As.1 (As.2 s)].
pose col (Bt : ksets * {perm 'I_l}) := [ffun s => g Bt.1 (Bt.2 s)].
have row_inj : injective row.
  apply: reorder_inj => [A|A B AB]; first exact: (fP A).1.
  by apply/val_inj/setP => x; rewrite -(fP A).2 AB (fP B).2.
have col_inj : injective col.
  apply: reorder_inj => [A|A B AB]; first exact: (gP A).1.
  by apply/val_inj/setC_inj/setP => x; rewrite -(gP A).2 AB (gP B).2.
pose P : R := (p`!)%:R; have P0 : 0 < P by rewrite ltr0n fact_gt0.
(* each block is the identity over p! *)
have entry A B s t : monomial_entry (row (A, s)) (col (B, t)) = (A == B)%:R / P.
  rewrite /monomial_entry.
  have rE x : (x \in codom (row (A, s))) = (x \in val A).
    rewrite -(fP A).2; apply/codomP/codomP => -[y ->].
      by exists (s y); rewrite ffunE.
    by exists (s^-1%g y); rewrite ffunE permKV.
  have cE x : (x \in codom (col (B, t))) = (x \notin val B).
    rewrite -in_setC -(gP B).2; apply/codomP/codomP => -[y ->].
      by exists (t y); rewrite ffunE.
    by exists (t^-1%g y); rewrite ffunE permKV.
  have -> : [forall x, (x \in codom (row (A, s))) || (x \in codom (col (B, t)))]
      = (A == B).
    apply/forallP/eqP => [cover|AB x]; last by rewrite rE cE AB orbN.
    apply: val_inj; apply/esym/eqP; rewrite eqEcard (eqP (valP A)) (eqP (valP B)) leqnn.
    rewrite andbT; apply/subsetP => x xB.
    have : (x \in codom (row (A, s))) || (x \in codom (col (B, t))) := cover x.
    by rewrite rE cE xB orbF.
  by case: eqP; rewrite ?mul1r ?mul0r.
have block (s : {perm 'I_k}) (t : {perm 'I_l}) :
    ('C(p, k)%:R - N%:R) / P ^+ 2 <= \sum_A \sum_B E (row (A, s)) (col (B, t)) ^+ 2.
  pose m := #|{: ksets}|.
  pose W : 'M[R]_(N, m) := \matrix_(r, b) \prod_x w r (col (enum_val b, t) x).
  pose C : 'M[R]_(m, N) := \matrix_(a, r) (P * (c r * \prod_x w r (row (enum_val a, s) x))).
  have I1 : 1%:M *m (1%:M : 'M[R]_m)^T = 1%:M by rewrite mul1mx trmx1.
  have := dimension_bound W C I1; rewrite -card_ksets => h.
  rewrite ler_pdivr_mulr ?exprn_gt0 //; apply: le_trans h _.
  rewrite le_eqVlt; apply/orP; left; apply/eqP.
  rewrite [RHS]mulr_suml [RHS]sum_enum_val; apply: eq_bigr => a _.
  rewrite [RHS]mulr_suml [RHS]sum_enum_val; apply: eq_bigr => b _.
  rewrite -exprMn; congr (_ ^+ 2); rewrite /E entry mulrBl divfK ?gt_eqF // !mxE.
  rewrite (inj_eq enum_val_inj); congr (_ - _).
  rewrite mulr_suml; apply: eq_bigr => r _; rewrite !mxE /ridge_entry.
  by rewrite -mulrA mulrC.
have total : \sum_As \sum_Bt E (row As) (col Bt) ^+ 2 <= ridge_distance monomial_entry c w.
  apply: le_trans (sum_injective (g := fun i => \sum_j E i j ^+ 2) row_inj _) => [|i].
    apply: ler_sum => As _; apply: (sum_injective col_inj) => j; exact: sqr_ge0.
  by rewrite sumr_ge0 // => j _; rewrite sqr_ge0.
have C0 : 0 < 'C(p, k)%:R :> R by rewrite ltr0n bin_gt0 leq_addr.
have sum_blocks : (k`!)%:R * (l`!)%:R * (('C(p, k)%:R - N%:R) / P ^+ 2) <=
    ridge_distance monomial_entry c w.
  apply: le_trans total.
  have -> : \sum_As \sum_Bt E (row As) (col Bt) ^+ 2 =
      \sum_(s : {perm 'I_k}) \sum_(t : {perm 'I_l})
        \sum_A \sum_B E (row (A, s)) (col (B, t)) ^+ 2.
    rewrite -(pair_bigA _ (fun A s => \sum_Bt E (row (A, s)) (col Bt) ^+ 2)) /=.
    rewrite exchange_big; apply: eq_bigr => s _.
    rewrite [RHS]exchange_big; apply: eq_bigr => A _ /=.
    rewrite -(pair_bigA _ (fun B t => E (row (A, s)) (col (B, t)) ^+ 2)) /=.
    by rewrite exchange_big.
  have card_perms n : #|{: {perm 'I_n}}| = n`! 
    by rewrite -card_Sn; apply: eq_card => s; rewrite inE.
  rewrite -mulrA !mulr_natl -(card_perms k) -(card_perms l) -!sumr_const.
  by apply: ler_sum => s _; apply: ler_sum => t _; apply: block.
apply: le_trans (ler_wpmul2l (ltW P0) sum_blocks).
have PE : P = 'C(p, k)%:R * ((k`!)%:R * (l`!)%:R).
  by rewrite /P -!natrM -(bin_fact (leq_addr l k)) addKn.
have q0 : (k`!)%:R * (l`!)%:R != 0 :> R by rewrite -natrM pnatr_eq0 -lt0n muln_gt0 !fact_gt0.
rewrite expr2 invfM [X in _ <= P * (_ * X)]mulrA mulrCA [P * (_ / P)]mulrC.
rewrite divfK ?gt_eqF // PE [X in _ <= _ * (_ * X)]invfM [X in _ <= _ * X]mulrA.
by rewrite [X in _ <= X]mulrC divfK // mulrBl mulfV ?gt_eqF.
Qed.

(* Relative error tau needs (1 - tau) C(p,k) neurons. *)
Corollary monomial_needs_neurons N (c : 'I_N -> R) (w : 'I_N -> 'I_p -> R) (tau : R) :
  (p`!)%:R * ridge_distance monomial_entry c w <= tau ->
  (1 - tau) * 'C(p, k)%:R <= N%:R.
Proof.
have C0 : 0 < 'C(p, k)%:R :> R by rewrite ltr0n bin_gt0 leq_addr.
move=> /(le_trans (monomial_width c w)); rewrite ler_subl_addr -ler_subl_addl.
by rewrite ler_pdivl_mulr.
Qed.

End Monomial.
