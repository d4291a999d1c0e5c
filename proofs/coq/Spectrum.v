(* The dimension bound in terms of eigenvalues.                               *)
(*                                                                            *)
(* In words.  If the Gram matrix G of m targets is U' diag(lambda) U with U   *)
(* orthogonal and lambda nonnegative and decreasing, then predictors that use *)
(* n features leave squared errors adding up to at least the sum of the       *)
(* m - n smallest eigenvalues, lambda_(n+1) + ... + lambda_m (spectral_bound),*)
(* and some n features, the top eigenvectors, leave exactly that much         *)
(* (spectral_bound_attained): the tail is the best error of n features.       *)
(*                                                                            *)
(* The decomposition is a premise.  Its existence over the real numbers is    *)
(* the spectral theorem, which is not used: KyFan.v does not need it.         *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Eigenvalues.
Variable R : realFieldType.

Lemma psd_diag m (U : 'M[R]_m) (d : 'rV[R]_m) :
  (forall i, 0 <= d 0 i) -> psd (U^T *m diag_mx d *m U).
Proof.
move=> d0 v; have -> : v *m (U^T *m diag_mx d *m U) *m v^T =
    (v *m U^T) *m diag_mx d *m (v *m U^T)^T.
  by rewrite trmx_mul trmxK !mulmxA.
rewrite mxE sumr_ge0 // => j _; rewrite mul_mx_diag !mxE mulrAC.
by rewrite mulr_ge0 // -expr2 sqr_ge0.
Qed.

(* Err and A as in kyfan_certificate.  Indices start at 0, so "n <= i" drops  *)
(* the n largest eigenvalues.                                                 *)
Theorem spectral_bound m n (G Err U : 'M[R]_m) (lam : 'rV[R]_m)
    (A : 'M[R]_(m, n)) :
  psd Err ->
  (forall u : 'rV_m, u *m A = 0 -> u *m Err *m u^T = u *m G *m u^T) ->
  U *m U^T = 1%:M -> G = U^T *m diag_mx lam *m U ->
  (forall i, 0 <= lam 0 i) ->
  (forall i j : 'I_m, (i <= j)%N -> lam 0 j <= lam 0 i) ->
  \sum_(i < m | (n <= i)%N) lam 0 i <= \tr Err.
Proof.
move=> psdErr link UU GE lam0 dec.
have [mn|nm] := leqP m n.
  rewrite big_pred0 => [|i]; last by rewrite leqNgt (leq_trans (ltn_ord i)).
  have := @trace_sandwich_ge0 R m m 1%:M Err psdErr.
  by rewrite mul1mx trmx1 mulmx1.
pose i0 := Ordinal nm; pose c := lam 0 i0.
pose d := \row_i (if (i < n)%N then lam 0 i - c else 0).
have UtU : U^T *m U = 1%:M by apply: mulmx1C.
pose S := U^T *m diag_mx d *m U.
have trD (e : 'rV[R]_m) : \tr (U^T *m diag_mx e *m U) = \sum_i e 0 i.
  by rewrite mxtrace_mulC mulmxA UU mul1mx mxtrace_diag.
have d0 i : 0 <= d 0 i.
  by rewrite mxE; case: ifP => // /ltnW lin; rewrite subr_ge0 dec.
have cert : psd (c%:M + S - G).
  have -> : c%:M + S - G = U^T *m diag_mx (const_mx c + d - lam) *m U.
    have -> : diag_mx (const_mx c + d - lam) = c%:M + diag_mx d - diag_mx lam.
      by apply/matrixP => i j; rewrite !mxE mulrnBl mulrnDl.
    rewrite mulmxBr mulmxDr mulmxBl mulmxDl.
    by rewrite mul_mx_scalar -scalemxAl UtU scalemx1 -/S -GE.
  apply: psd_diag => i; rewrite !mxE; case: ltnP => [_|nlei].
    by rewrite addrCA subrr addr0 subrr.
  by rewrite addr0 subr_ge0 dec.
apply: le_trans (kyfan_certificate psdErr link (lam0 i0) (psd_diag _ d0) cert).
rewrite GE !trD -/c.
have -> : c * n%:R = \sum_(i < m) (if (i < n)%N then c else 0).
  by rewrite -big_mkcond (big_ord_narrow (ltnW nm)) sumr_const card_ord mulr_natr.
rewrite -!sumrB big_mkcond; apply: ler_sum => i _ /=; rewrite mxE.
by case: ltnP; rewrite /= ?subr0 ?subrr.
Qed.

(* Targets: the rows of F.  Features: the rows of W. *)
Theorem spectral_bound_attained m n p (F : 'M[R]_(m, p)) (U : 'M[R]_m) (lam : 'rV[R]_m) :
  (n <= m)%N -> U *m U^T = 1%:M -> F *m F^T = U^T *m diag_mx lam *m U ->
  exists (W : 'M[R]_(n, p)) (A : 'M[R]_(m, n)),
    \sum_i \sum_j (F - A *m W) i j ^+ 2 = \sum_(i < m | (n <= i)%N) lam 0 i.
Proof.
move=> nm UU FE; have UtU : U^T *m U = 1%:M by apply: mulmx1C.
pose J : 'M[R]_(m, n) := pid_mx n; pose K : 'M[R]_(n, m) := pid_mx n.
pose C : 'M[R]_m := copid_mx n; exists (K *m U *m F), (U^T *m J).
have JK : J *m K = 1%:M - C by rewrite mul_pid_mx !minnn /C /copid_mx subKr.
have -> : F - U^T *m J *m (K *m U *m F) = U^T *m C *m U *m F.
  rewrite !mulmxA -(mulmxA U^T) JK mulmxBr mulmx1 !mulmxBl UtU mul1mx.
  by rewrite opprB addrC subrK.
have CT : C^T = C by rewrite linearB /= trmx1 tr_pid_mx.
have CC : C *m C = C by rewrite copid_mx_id.
rewrite sum_sqr_trace; have -> : U^T *m C *m U *m F *m (U^T *m C *m U *m F)^T =
    U^T *m (C *m (U *m (F *m F^T) *m U^T) *m C *m U).
  by rewrite !trmx_mul trmxK CT !mulmxA.
have UUX (X : 'M[R]_m) : U *m (U^T *m X) = X by rewrite mulmxA UU mul1mx.
rewrite mxtrace_mulC FE -!mulmxA !UUX UU mulmx1 mxtrace_mulC -mulmxA CC.
rewrite /mxtrace [RHS]big_mkcond; apply: eq_bigr => i _; rewrite mul_diag_mx !mxE !eqxx /=.
by case: leqP => _; rewrite ?subr0 ?mulr1 ?subrr ?mulr0.
Qed.

End Eigenvalues.
