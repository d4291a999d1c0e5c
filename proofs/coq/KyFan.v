(* The dimension lower bound in Gram form, with a dual certificate.           *)
(*                                                                            *)
(* In words.  m targets are predicted by linear combinations of n features.   *)
(* The features come first; the coefficients may then depend on the targets   *)
(* in any way at all.  If c >= 0 and S is positive semidefinite with          *)
(* c I + S >= G, where G is the Gram matrix of the targets, then the squared  *)
(* errors add up to at least  tr G - c n - tr S.  The best choice of (c, S)   *)
(* makes this the sum of all but the n largest eigenvalues of G (Ky Fan); the *)
(* certificate form needs no eigenvalue, so it holds over any ordered field,  *)
(* and a pair (c, S) found by any program, however unreliable, is sound.      *)
(*                                                                            *)
(* Order of quantifiers: for all m, n, G, c, S, for all features and all      *)
(* coefficient matrices A (m x n).                                            *)
(*                                                                            *)
(* Not covered here: where the features come from (see FiniteInputs.v and     *)
(* RandomCentres.v); features chosen after seeing the target.                 *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Certificate.
Variable R : realFieldType.

(* G is the Gram matrix of m targets, Err the Gram matrix of the m residuals  *)
(* left by predictors whose coefficients on n features are the rows of A.     *)
(* The only link needed: a combination u of the residuals in which the        *)
(* features cancel (u A = 0) is the same combination of the targets.          *)
Theorem kyfan_certificate m n (G Err S : 'M[R]_m) (A : 'M[R]_(m, n)) (c : R) :
  psd Err ->
  (forall u : 'rV_m, u *m A = 0 -> u *m Err *m u^T = u *m G *m u^T) ->
  0 <= c -> psd S -> psd (c%:M + S - G) ->
  \tr G - c * n%:R - \tr S <= \tr Err.
Proof.
move=> psdErr link c0 psdS cert.
have [P [PT PP AP trP _]] := projection_exists A^T.
pose N := 1%:M - P.
have NA : N *m A = 0.
  by rewrite mulmxBl mul1mx -[A in P *m A]trmxK -{1}PT -trmx_mul AP trmxK subrr.
have eqN : \tr (N *m Err *m N^T) = \tr (N *m G *m N^T).
  rewrite !trace_sandwich; apply: eq_bigr => i _.
  by rewrite link // -row_mul NA row0.
have splitErr := trace_split Err PT PP.
have splitG := trace_split G PT PP.
have splitS := trace_split S PT PP.
have := trace_sandwich_ge0 P psdErr.
have := trace_sandwich_ge0 N psdS.
have := trace_sandwich_ge0 P cert.
rewrite mulmxBr mulmxDr mulmxBl mulmxDl linearB linearD /=.
rewrite mul_mx_scalar -scalemxAl {1}PT PP linearZ /= trP mxrank_tr => h1 h2 h3.
have h4 : c * (\rank A)%:R <= c * n%:R.
  by rewrite ler_wpmul2l // ler_nat rank_leq_col.
rewrite splitErr eqN splitG splitS -/N.
move: h1 h2 h3 h4 {splitErr splitG splitS eqN}.
move: (\tr (P *m G *m _)) (\tr (P *m S *m _)) (\tr (N *m S *m _)).
move: (\tr (P *m Err *m _)) (\tr (N *m G *m _)) (c * _) (c * _).
move=> eP gN cn cr gP sP sN; rewrite subr_ge0 => hG hS hE hc.
rewrite !ler_subl_addr !addrA [X in _ <= X](ACl ((5*3*2)*(1*4))) /=.
apply: ler_paddr; first exact: addr_ge0.
by rewrite ler_add2r (le_trans hG) // ler_add2r.
Qed.

(* The same for explicit vectors: the rows of F are the targets, the rows of  *)
(* W the features, row i of A the coefficients of the predictor of target i.  *)
Corollary matrix_certificate m n p (F : 'M[R]_(m, p)) (W : 'M[R]_(n, p))
    (A : 'M[R]_(m, n)) (S : 'M[R]_m) (c : R) :
  0 <= c -> psd S -> psd (c%:M + S - F *m F^T) ->
  \tr (F *m F^T) - c * n%:R - \tr S <=
  \sum_i \sum_j (F - A *m W) i j ^+ 2.
Proof.
move=> c0 psdS cert; rewrite sum_sqr_trace.
apply: (kyfan_certificate (A := A)) => // [|u uA0]; first exact: psd_mul_tr.
have uE : u *m (F - A *m W) = u *m F by rewrite mulmxBr mulmxA uA0 mul0mx subr0.
by rewrite !mulmxA -[LHS]mulmxA -trmx_mul uE -[RHS]mulmxA -trmx_mul.
Qed.

(* Orthonormal targets: n features leave at least m - n in all. *)
Corollary dimension_bound m n p (F : 'M[R]_(m, p)) (W : 'M[R]_(n, p))
    (A : 'M[R]_(m, n)) :
  F *m F^T = 1%:M ->
  m%:R - n%:R <= \sum_i \sum_j (F - A *m W) i j ^+ 2.
Proof.
move=> FF; have := @matrix_certificate m n p F W A 0 1.
rewrite FF linear0 addr0 subrr subr0 mul1r mxtrace1.
by apply=> //; [exact: ler01 | exact: psd0 | exact: psd0].
Qed.

(* A Gram matrix bounded below by c. *)
Corollary gram_floor_bound m n p (F : 'M[R]_(m, p)) (W : 'M[R]_(n, p))
    (A : 'M[R]_(m, n)) (c : R) :
  0 <= c -> psd (F *m F^T - c%:M) ->
  c * (m%:R - n%:R) <= \sum_i \sum_j (F - A *m W) i j ^+ 2.
Proof.
move=> c0 floor.
have cert : psd (c%:M + (F *m F^T - c%:M) - F *m F^T).
  by rewrite addrCA subrr addr0 subrr; exact: psd0.
apply: le_trans (matrix_certificate W A c0 floor cert).
rewrite linearB /= mxtrace_scalar opprB mulrBr mulr_natr.
by rewrite [X in _ <= X](AC (2*2) ((3*2)*(1*4))) /= subrr addr0.
Qed.

End Certificate.

(* The dimension bound is attained: it is the exact optimum, not an artefact. *)
Theorem dimension_bound_tight (R : realFieldType) m n : (n <= m)%N ->
  exists (F : 'M[R]_m) (W : 'M[R]_(n, m)) (A : 'M[R]_(m, n)),
    F *m F^T = 1%:M /\
    \sum_i \sum_j (F - A *m W) i j ^+ 2 = m%:R - n%:R.
Proof.
move=> nm; exists 1%:M, (pid_mx n), (pid_mx n); split.
  by rewrite mul1mx trmx1.
have trC : (copid_mx n : ('M[R]_m))^T = copid_mx n.
  by rewrite linearB /= trmx1 tr_pid_mx.
rewrite mul_pid_mx !minnn -/(copid_mx n) sum_sqr_trace trC copid_mx_id //.
rewrite linearB /= mxtrace1; congr (_ - _).
rewrite /mxtrace (eq_bigr (fun i : 'I_m => if (i < n)%N then 1 else 0)).
  by rewrite -big_mkcond (big_ord_narrow nm) sumr_const card_ord.
by move=> i _; rewrite mxE eqxx; case: ltnP.
Qed.
