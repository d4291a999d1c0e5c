(* Orthogonal projections and positive semidefinite matrices.                 *)
(*                                                                            *)
(* Tools, no claim of their own.  "psd G" means v G v' >= 0 for every row     *)
(* vector v; symmetry of G is neither required nor used.  For every matrix C  *)
(* there is an orthogonal projection onto its row space, whose trace is its   *)
(* rank.  Everything holds over an arbitrary ordered field (the rationals,    *)
(* the real numbers, ...): no square root, no eigenvalue and no limit is used.*)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Projection.
Variable R : realFieldType.

(* Positive semidefinite, as a quadratic form on row vectors. *)
Definition psd m (G : 'M[R]_m) : Prop :=
  forall v : 'rV[R]_m, 0 <= (v *m G *m v^T) 0 0.

Lemma psd0 m : psd (0 : 'M[R]_m).
Proof. by move=> v; rewrite mulmx0 mul0mx mxE. Qed.

Lemma psdD m (G H : 'M[R]_m) : psd G -> psd H -> psd (G + H).
Proof. by move=> pG pH v; rewrite mulmxDr mulmxDl mxE addr_ge0. Qed.

Lemma mulmx_tr_diag m p (B : 'M[R]_(m, p)) i :
  (B *m B^T) i i = \sum_j B i j ^+ 2.
Proof. by rewrite mxE; apply: eq_bigr => j _; rewrite mxE expr2. Qed.

Lemma sum_sqr_trace m p (E : 'M[R]_(m, p)) :
  \sum_i \sum_j E i j ^+ 2 = \tr (E *m E^T).
Proof. by apply: eq_bigr => i _; rewrite mulmx_tr_diag. Qed.

Lemma psd_mul_tr m p (B : 'M[R]_(m, p)) : psd (B *m B^T).
Proof.
move=> v; rewrite mulmxA -mulmxA -trmx_mul mulmx_tr_diag.
by apply: sumr_ge0 => j _; apply: sqr_ge0.
Qed.

Lemma row_sqr_eq0 p (v : 'rV[R]_p) : v *m v^T = 0 -> v = 0.
Proof.
move=> /matrixP /(_ 0 0); rewrite mulmx_tr_diag mxE => v0.
apply/rowP => j; rewrite mxE; apply/eqP; rewrite -sqrf_eq0; apply/eqP.
by apply: (psumr_eq0P _ v0) => // k _; apply: sqr_ge0.
Qed.

Lemma gram_unit m p (B : 'M[R]_(m, p)) : row_free B -> B *m B^T \in unitmx.
Proof.
move=> freeB; rewrite -row_free_unit; apply: inj_row_free => v vBB0.
apply: (row_free_inj freeB); rewrite mul0mx; apply: row_sqr_eq0.
by rewrite trmx_mul -mulmxA (mulmxA B) mulmxA vBB0 mul0mx.
Qed.

Lemma projection_free r m (B : 'M[R]_(r, m)) : row_free B ->
  exists P : 'M[R]_m,
    [/\ P^T = P, P *m P = P, B *m P = B, \tr P = r%:R & (P <= B)%MS].
Proof.
move=> /gram_unit uBB; pose K := invmx (B *m B^T).
have KT : K^T = K by rewrite trmx_inv trmx_mul trmxK.
have BP : B *m (B^T *m K *m B) = B by rewrite !mulmxA mulmxV // mul1mx.
exists (B^T *m K *m B); split=> //.
- by rewrite !trmx_mul trmxK KT !mulmxA.
- by rewrite -[LHS]mulmxA BP.
- by rewrite mxtrace_mulC mulmxA mulmxV // mxtrace1.
- exact: submxMl.
Qed.

(* The orthogonal projection onto the row space of C. *)
Lemma projection_exists r m (C : 'M[R]_(r, m)) :
  exists P : 'M[R]_m,
    [/\ P^T = P, P *m P = P, C *m P = C, \tr P = (\rank C)%:R & (P <= C)%MS].
Proof.
have [P [PT PP BP trP PB]] := projection_free (row_base_free C).
exists P; split=> //; last by rewrite (submx_trans PB) // eq_row_base.
have /submxP [D ->] : (C <= row_base C)%MS.
  by rewrite eq_row_base.
by rewrite -mulmxA BP.
Qed.

Lemma trace_sandwich r m (N : 'M[R]_(r, m)) (G : 'M[R]_m) :
  \tr (N *m G *m N^T) = \sum_i (row i N *m G *m (row i N)^T) 0 0.
Proof.
apply: eq_bigr => i _; rewrite -row_mul !mxE.
by under eq_bigr do rewrite !mxE; under [in RHS]eq_bigr do rewrite !mxE.
Qed.

Lemma trace_sandwich_ge0 r m (N : 'M[R]_(r, m)) (G : 'M[R]_m) :
  psd G -> 0 <= \tr (N *m G *m N^T).
Proof. by move=> psdG; rewrite trace_sandwich sumr_ge0. Qed.

Lemma trace_projection m (P G : 'M[R]_m) :
  P^T = P -> P *m P = P -> \tr (P *m G *m P^T) = \tr (P *m G).
Proof. by move=> PT PP; rewrite mxtrace_mulC PT mulmxA PP. Qed.

Lemma trace_split m (P G : 'M[R]_m) : P^T = P -> P *m P = P ->
  \tr G = \tr (P *m G *m P^T) + \tr ((1%:M - P) *m G *m (1%:M - P)^T).
Proof.
move=> PT PP; rewrite !trace_projection //.
- by rewrite mulmxBl mul1mx linearB /= addrC subrK.
- by rewrite linearB /= trmx1 PT.
- by rewrite mulmxBl mul1mx mulmxBr mulmx1 PP subrr subr0.
Qed.

End Projection.
