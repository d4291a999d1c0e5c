(* Certificates that a program can emit and anyone can check.                 *)
(*                                                                            *)
(* In words.  Let G be the Gram matrix of m targets.                          *)
(*   From below (factored_certificate).  Give c, w >= 0 and matrices B, L     *)
(* such that  E = c I + w B B' - G - w L L'  is symmetric and diagonally      *)
(* dominant.  Then every n-dimensional span of features leaves squared        *)
(* distances adding up to at least  tr G - c n - w tr B B'.  (The factor w    *)
(* lets B and L be matrices of whole numbers.)                                *)
(*   From above (explicit_features).  Give A (m x n) and Y (n x m).  Then the *)
(* n features  phi_j = sum_k Y_jk f_k  leave at most                          *)
(* tr (1 - A Y) G (1 - A Y)'.                                                 *)
(* Together they enclose the best error of any n-dimensional method, which is *)
(* the sum of the m - n smallest eigenvalues of G, without a word about       *)
(* eigenvalues.  B, L, A, Y come from a numerical eigendecomposition; if it   *)
(* is bad the enclosure is wide or the check fails, but it is never wrong.    *)
(*                                                                            *)
(* Quantifiers: G and the certificate; then (from below) all features and all *)
(* coefficients.                                                              *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* Symmetric, and each diagonal entry at least the sum of the absolute values *)
(* of the other entries of its row.                                           *)
Definition dominant (R : realFieldType) m (E : 'M[R]_m) : Prop :=
  E^T = E /\ forall i, \sum_(j | j != i) `|E i j| <= E i i.

Section Dominant.
Variable R : realFieldType.

Lemma cross_term (e a b : R) : - `|e| * (a ^+ 2 + b ^+ 2) <= 2%:R * (e * (a * b)).
Proof.
have ab s : s ^+ 2 = 1 -> 0 <= `|e| * (a + s * b) ^+ 2 ->
    - (2%:R * (`|e| * s * (a * b))) <= `|e| * (a ^+ 2 + b ^+ 2).
  move=> s1; rewrite sqrrD exprMn s1 mul1r addrAC mulrDr -ler_subl_addr sub0r.
  by rewrite mulrCA -[_ *+ 2]mulr_natl !mulrA [2%:R * _]mulrC -!mulrA.
rewrite mulNr ler_oppl.
have sq s : 0 <= `|e| * (a + s * b) ^+ 2 by rewrite mulr_ge0 ?normr_ge0 ?sqr_ge0.
have [e0|e0] := lerP 0 e.
  by have := ab 1 (expr1n _ _) (sq 1); rewrite mulr1 ger0_norm.
have := ab (-1) (sqrr_sign _ 1) (sq (-1)).
by rewrite mulrN1 ltr0_norm // opprK.
Qed.

Theorem dominant_psd m (E : 'M[R]_m) : dominant E -> psd E.
Proof.
move=> [ET dom] v; pose F i j := if j == i then E i i else - `|E i j|.
have FC i j : F i j = F j i.
  by rewrite /F eq_sym; case: eqP => [->//|_]; rewrite -[in RHS]ET mxE.
have -> : (v *m E *m v^T) 0 0 = \sum_i \sum_j E i j * (v 0 i * v 0 j).
  rewrite mxE exchange_big; apply: eq_bigr => j _ /=.
  rewrite !mxE mulr_suml; apply: eq_bigr => i _.
  by rewrite [v 0 i * E i j]mulrC mulrA.
rewrite -(pmulr_rge0 _ (ltr0Sn R 1)) mulr_sumr.
apply: le_trans (_ : \sum_i \sum_j F i j * (v 0 i ^+ 2 + v 0 j ^+ 2) <= _); last first.
  apply: ler_sum => i _; rewrite mulr_sumr; apply: ler_sum => j _.
  rewrite /F; case: (j =P i) => [->|_]; last exact: cross_term.
  by rewrite -expr2 mulrDr -mulr2n mulr_natl.
have -> : \sum_i \sum_j F i j * (v 0 i ^+ 2 + v 0 j ^+ 2)
    = 2%:R * \sum_i v 0 i ^+ 2 * \sum_j F i j.
  under eq_bigr => i _ do under eq_bigr do rewrite mulrDr.
  under eq_bigr do rewrite big_split; rewrite big_split /=.
  rewrite [X in _ + X]exchange_big /= mulr_natl mulr2n; congr (_ + _).
    by apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => j _; rewrite mulrC.
  apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => j _.
  by rewrite FC mulrC.
rewrite mulr_ge0 ?ler0n // sumr_ge0 // => i _; rewrite mulr_ge0 ?sqr_ge0 //.
rewrite (bigD1 i) //= {1}/F eqxx (eq_bigr (fun j => - `|E i j|)) => [|j /negbTE ji].
  by rewrite sumrN subr_ge0.
by rewrite /F ji.
Qed.

End Dominant.

Section Enclosure.
Variables (R : realFieldType) (V : lmodType R) (ip : V -> V -> R).
Hypothesis ipC : forall x y, ip x y = ip y x.
Hypothesis ipP : forall a x y z, ip (a *: x + y) z = a * ip x z + ip y z.
Hypothesis ip_ge0 : forall x, 0 <= ip x x.
Variables (m n : nat) (f : 'I_m -> V).

Theorem factored_certificate r t (B : 'M[R]_(m, r)) (L : 'M[R]_(m, t)) (c w : R)
    (phi : 'I_n -> V) :
  0 <= c -> 0 <= w ->
  dominant (c%:M + w *: (B *m B^T) - gram ip f - w *: (L *m L^T)) ->
  \tr (gram ip f) - c * n%:R - w * \tr (B *m B^T) <= \sum_i sqdist ip (f i) phi.
Proof.
move=> c0 w0 dom.
have scaled k (X : 'M[R]_(m, k)) : psd (w *: (X *m X^T)).
  move=> v; rewrite -scalemxAr -scalemxAl mxE mulr_ge0 //; exact: psd_mul_tr.
rewrite -mxtraceZ; apply: distance_certificate => //.
rewrite -[_ - gram ip f](subrK (w *: (L *m L^T))).
by apply: psdD => //; apply: dominant_psd.
Qed.

Lemma gram_combination k (e : 'I_m -> V) (C : 'M[R]_(k, m)) :
  gram ip (fun i => \sum_j C i j *: e j) = C *m gram ip e *m C^T.
Proof.
apply/matrixP => i j; rewrite [LHS]mxE (ip_suml ipP) -mulmxA [RHS]mxE.
apply: eq_bigr => l _; congr (_ * _); rewrite ipC (ip_suml ipP) [RHS]mxE.
by apply: eq_bigr => s _; rewrite !mxE mulrC ipC.
Qed.

Theorem explicit_features (A : 'M[R]_(m, n)) (Y : 'M[R]_(n, m)) :
  exists phi : 'I_n -> V, \sum_i sqdist ip (f i) phi <=
    \tr ((1%:M - A *m Y) *m gram ip f *m (1%:M - A *m Y)^T).
Proof.
exists (fun j => \sum_k Y j k *: f k); rewrite -gram_combination.
apply: ler_sum => i _; apply: le_trans ((sqdist_is_minimum ipC ipP ip_ge0 _ _).1 (A i)) _.
rewrite [X in _ <= X]mxE /sqerror; set u := residual _ _ _; set w := \sum_j _.
suff -> : u = w by [].
rewrite /u /w /residual.
have -> : \sum_j A i j *: (\sum_k Y j k *: f k) = \sum_k (A *m Y) i k *: f k.
  under eq_bigr do rewrite scaler_sumr; rewrite exchange_big /=.
  apply: eq_bigr => k _; rewrite mxE scaler_suml.
  by apply: eq_bigr => j _; rewrite scalerA.
have {1}-> : f i = \sum_k (1%:M : 'M[R]_m) i k *: f k.
  rewrite (bigD1 i) //= mxE eqxx scale1r big1 ?addr0 // => k /negbTE ki.
  by rewrite mxE eq_sym ki scale0r.
by rewrite -sumrB; apply: eq_bigr => k _; rewrite -scalerBl !mxE.
Qed.

End Enclosure.
