(* The bound averaged over random features drawn independently of the target. *)
(*                                                                            *)
(* In words.  Omega is a finite set of draws with probabilities q: the sample *)
(* points, the random features, any seed.  Draw omega first; it fixes the n   *)
(* features phi_omega.  Then the target t is taken from a family of M         *)
(* mutually orthogonal functions of norm c; then the coefficients, which may  *)
(* depend on omega and on t in any way.  The expected mean squared errors     *)
(* (expectation over omega) add up to at least c (M - n).                     *)
(*   Consequences: some fixed target, the same one for all draws, has expected*)
(* error at least c (1 - n/M); and, for c = 1, at most n/(1 - tau) of the     *)
(* targets are learned to expected error tau.                                 *)
(*                                                                            *)
(* What makes it true is only that q and phi do not mention t.                *)
(* Not covered: continuous distributions of draws (a sum over draws, not an   *)
(* integral); draws whose law depends on the target (label-adaptive queries). *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* A probability distribution on a finite set. *)
Definition distribution (R : realFieldType) (Omega : finType) (q : Omega -> R) :=
  (forall o, 0 <= q o) /\ \sum_o q o = 1.

Section Averaging.
Variables (R : realFieldType) (Omega : finType) (q : Omega -> R).
Hypothesis qP : distribution q.

Lemma average_const B : \sum_o q o * B = B.
Proof. by rewrite -mulr_suml qP.2 mul1r. Qed.

Lemma average_ge B (g : Omega -> R) :
  (forall o, B <= g o) -> B <= \sum_o q o * g o.
Proof.
move=> h; rewrite -[B]average_const; apply: ler_sum => o _.
by rewrite ler_wpmul2l ?qP.1.
Qed.

Lemma average_sum_ge (T : finType) (D : {set T}) B (g : Omega -> T -> R) :
  (forall o, B <= \sum_(t in D) g o t) ->
  B <= \sum_(t in D) \sum_o q o * g o t.
Proof.
move=> h; rewrite exchange_big /=.
under eq_bigr do rewrite -mulr_sumr.
exact: average_ge.
Qed.

End Averaging.

Section RandomCentres.
Variables (R : realFieldType) (X : finType) (w : X -> R).
Hypothesis w_ge0 : forall x, 0 <= w x.
Variables (Omega : finType) (q : Omega -> R).
Hypothesis qP : distribution q.
Variables (n : nat) (phi : Omega -> 'I_n -> X -> R).
Variables (T : finType) (D : {set T}) (f : T -> X -> R) (c : R).
Hypothesis c_ge0 : 0 <= c.
Hypothesis orth :
  {in D &, forall s t, mean w (fun x => f s x * f t x) = c *+ (s == t)}.

(* Expected error on target t, over the draw. *)
Definition expected_mse (a : Omega -> T -> 'I_n -> R) (t : T) : R :=
  \sum_o q o * mse w (f t) (phi o) (a o t).

Theorem random_feature_bound (a : Omega -> T -> 'I_n -> R) :
  c * (#|D|%:R - n%:R) <= \sum_(t in D) expected_mse a t.
Proof. by apply: average_sum_ge => // o; apply: feature_bound. Qed.

(* The infimum form: the expected squared distances to the drawn span. *)
Corollary random_feature_bound_distance :
  c * (#|D|%:R - n%:R) <=
  \sum_(t in D) \sum_o q o * distance w (f t) (phi o).
Proof. by apply: average_sum_ge => // o; apply: feature_bound_distance. Qed.

(* One target is hard for the whole distribution of draws. *)
Corollary random_feature_hard_target (a : Omega -> T -> 'I_n -> R) :
  (0 < #|D|)%N ->
  exists2 t, t \in D & c * (1 - n%:R / #|D|%:R) <= expected_mse a t.
Proof.
move=> D0; have M0 : 0 < #|D|%:R :> R by rewrite ltr0n.
pose B := c * (1 - n%:R / #|D|%:R).
have BE : B * #|D|%:R = c * (#|D|%:R - n%:R).
  by rewrite -mulrA mulrBl mul1r divfK ?gt_eqF.
case: (boolP [exists t, (t \in D) && (B <= expected_mse a t)]).
  by move=> /existsP [t /andP [tD tB]]; exists t.
rewrite negb_exists => /forallP none; exfalso.
have := random_feature_bound a; apply/negP.
rewrite -ltNge -BE mulr_natr -sumr_const.
have lt t : t \in D -> expected_mse a t < B.
  by move=> tD; have := none t; rewrite tD /= -ltNge.
have [t0 t0D] : exists t0, t0 \in D by apply/set0Pn; rewrite -card_gt0.
rewrite (bigD1 t0) //= [X in _ < X](bigD1 t0) //=.
by apply: ltr_le_add; [exact: lt|apply: ler_sum => t /andP [tD _]; exact/ltW/lt].
Qed.

End RandomCentres.

(* The targets reached to expected error tau number at most n / (1 - tau).    *)
Theorem most_targets_fail (R : realFieldType) (X : finType) (w : X -> R)
    (Omega : finType) (q : Omega -> R) (n : nat) (phi : Omega -> 'I_n -> X -> R)
    (T : finType) (D : {set T}) (f : T -> X -> R)
    (a : Omega -> T -> 'I_n -> R) (tau : R) :
  (forall x, 0 <= w x) -> distribution q ->
  {in D &, forall s t, mean w (fun x => f s x * f t x) = 1 *+ (s == t)} ->
  #|[set t in D | expected_mse w q phi f a t <= tau]|%:R * (1 - tau) <= n%:R.
Proof.
move=> w0 qP orth; set E := [set t in D | _].
have orthE : {in E &, forall s t, mean w (fun x => f s x * f t x) = 1 *+ (s == t)}.
  by move=> s t; rewrite !inE => /andP [sD _] /andP [tD _]; apply: orth.
have := random_feature_bound w0 qP phi ler01 orthE a.
rewrite mul1r ler_subl_addr => h; rewrite mulrBr mulr1 ler_subl_addl.
apply: le_trans h _; rewrite ler_add2r mulr_natl -sumr_const.
by apply: ler_sum => t; rewrite inE => /andP [].
Qed.
