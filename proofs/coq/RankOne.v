(* Two-layer networks of any activation, in matrix form (Eckart-Young).       *)
(*                                                                            *)
(* In words.  Under Gaussian input the degree-p part of a ridge function      *)
(* psi(<w,x>) is c w (x) ... (x) w (p factors), whatever psi is.  Flattened   *)
(* into a matrix with rows indexed by the first k factors and columns by the  *)
(* other l = p - k, it is an outer product u v'.  So a two-layer network with *)
(* m neurons becomes a sum of m outer products, and the question is how well  *)
(* such a sum can approximate the flattening F of the target.                 *)
(*   Theorem (rank_one_sum_certificate): for all m pairs u_r, v_r,            *)
(*     || F - sum_r u_r v_r' ||^2  >=  tr F F' - c m - tr S                   *)
(* for every c >= 0 and psd S with c I + S >= F F'.  The best (c, S) gives    *)
(* the sum of all but the m largest squared singular values of F: that form   *)
(* (eckart_young_lower) takes a decomposition F F' = U' diag(s^2) U as a      *)
(* premise, the certificate form needs none.                                  *)
(*                                                                            *)
(* Quantifiers: F, c, S first; then the m outer products, hence the weights   *)
(* AND the activations of the network, which may be chosen with knowledge of  *)
(* F.  Nothing here is about random or fixed features.                        *)
(*                                                                            *)
(* Not covered: the passage from functions of a Gaussian vector to their      *)
(* Hermite coefficient tensors (Hermite expansion, Parseval), which needs     *)
(* measure theory; on the cube the statement about ridge functions is false.  *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan Spectrum.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section RankOne.
Variable R : realFieldType.

(* Sum of the squared entries. *)
Definition sqnorm m n (E : 'M[R]_(m, n)) : R := \sum_i \sum_j E i j ^+ 2.

Definition outer_sum m n N (u : 'I_N -> 'cV[R]_m) (v : 'I_N -> 'rV[R]_n) : 'M[R]_(m, n) :=
  \sum_r u r *m v r.

Lemma outer_sumE m n N (u : 'I_N -> 'cV[R]_m) (v : 'I_N -> 'rV[R]_n) :
  outer_sum u v = (\matrix_(i, r) u r i 0) *m (\matrix_(r, j) v r 0 j).
Proof.
apply/matrixP => i j; rewrite summxE mxE; apply: eq_bigr => r _.
by rewrite !mxE big_ord1.
Qed.

Theorem rank_one_sum_certificate m n N (F : 'M[R]_(m, n))
    (u : 'I_N -> 'cV[R]_m) (v : 'I_N -> 'rV[R]_n) (S : 'M[R]_m) (c : R) :
  0 <= c -> psd S -> psd (c%:M + S - F *m F^T) ->
  \tr (F *m F^T) - c * N%:R - \tr S <= sqnorm (F - outer_sum u v).
Proof.
by move=> c0 pS cert; rewrite outer_sumE; apply: matrix_certificate.
Qed.

(* The same for any matrix of rank at most N. *)
Theorem low_rank_certificate m n N (F B : 'M[R]_(m, n)) (S : 'M[R]_m) (c : R) :
  (\rank B <= N)%N -> 0 <= c -> psd S -> psd (c%:M + S - F *m F^T) ->
  \tr (F *m F^T) - c * N%:R - \tr S <= sqnorm (F - B).
Proof.
move=> rB c0 pS cert; rewrite -[B]mulmx_base.
apply: le_trans (matrix_certificate (row_base B) (col_base B) c0 pS cert).
rewrite ler_add2r ler_add2l ler_opp2 ler_wpmul2l // ler_nat //.
Qed.

(* With the squared singular values of F, in decreasing order, given. *)
Theorem eckart_young_lower m n N (F : 'M[R]_(m, n)) (U : 'M[R]_m) (s : 'rV[R]_m)
    (u : 'I_N -> 'cV[R]_m) (v : 'I_N -> 'rV[R]_n) :
  U *m U^T = 1%:M -> F *m F^T = U^T *m diag_mx (\row_i s 0 i ^+ 2) *m U ->
  (forall i j : 'I_m, (i <= j)%N -> s 0 j ^+ 2 <= s 0 i ^+ 2) ->
  \sum_(i < m | (N <= i)%N) s 0 i ^+ 2 <= sqnorm (F - outer_sum u v).
Proof.
move=> UU FE dec; set lam := \row_i s 0 i ^+ 2.
rewrite (eq_bigr (fun i => lam 0 i)) => [|i _]; last by rewrite mxE.
rewrite /sqnorm sum_sqr_trace outer_sumE; set A := \matrix_(i, r) _.
apply: (spectral_bound (A := A) (psd_mul_tr _) _ UU FE) => [w wA0|i|i j ij].
- set E := F - _; have wE : w *m E = w *m F.
    by rewrite mulmxBr mulmxA wA0 mul0mx subr0.
  by rewrite !mulmxA -[LHS]mulmxA -trmx_mul wE -[RHS]mulmxA -trmx_mul.
- by rewrite mxE sqr_ge0.
- by rewrite !mxE dec.
Qed.

(* ----------------------- flattened tensors -------------------------------- *)

(* A tensor of order k + l over R^d, flattened: row index a k-tuple of        *)
(* coordinates, column index an l-tuple.  Entry of c w (x) ... (x) w.         *)
Definition ridge_entry (k l d : nat) (c : R) (w : 'I_d -> R)
  (i : {ffun 'I_k -> 'I_d}) (j : {ffun 'I_l -> 'I_d}) : R :=
  c * (\prod_s w (i s)) * \prod_t w (j t).

(* The squared distance from a tensor, given by its flattened entries F, to   *)
(* a sum of N ridge tensors c_r w_r (x) ... (x) w_r.                          *)
Definition ridge_distance (k l d N : nat)
  (F : {ffun 'I_k -> 'I_d} -> {ffun 'I_l -> 'I_d} -> R)
  (c : 'I_N -> R) (w : 'I_N -> 'I_d -> R) : R :=
  \sum_i \sum_j (F i j - \sum_r ridge_entry (c r) (w r) i j) ^+ 2.

(* The flattening as a matrix. *)
Definition flattening (I J : finType) (F : I -> J -> R) : 'M[R]_(#|I|, #|J|) :=
  \matrix_(i, j) F (enum_val i) (enum_val j).

Lemma sum_enum_val (I : finType) (g : I -> R) :
  \sum_i g i = \sum_(a < #|I|) g (enum_val a).
Proof. by rewrite (reindex _ (onW_bij _ (@enum_val_bij I))). Qed.

Theorem ridge_certificate k l d N
    (F : {ffun 'I_k -> 'I_d} -> {ffun 'I_l -> 'I_d} -> R)
    (c : 'I_N -> R) (w : 'I_N -> 'I_d -> R) (S : 'M[R]_#|{ffun 'I_k -> 'I_d}|) (c0 : R) :
  0 <= c0 -> psd S ->
  psd (c0%:M + S - flattening F *m (flattening F)^T) ->
  \tr (flattening F *m (flattening F)^T) - c0 * N%:R - \tr S <=
  ridge_distance F c w.
Proof.
move=> c00 pS cert.
pose u r : 'cV[R]_#|{ffun 'I_k -> 'I_d}| := 
  \col_i (c r * \prod_s w r ((enum_val i : {ffun 'I_k -> 'I_d}) s)).
pose v r : 'rV[R]_#|{ffun 'I_l -> 'I_d}| := 
  \row_j \prod_t w r ((enum_val j : {ffun 'I_l -> 'I_d}) t).
apply: le_trans (rank_one_sum_certificate u v c00 pS cert) _.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
rewrite /ridge_distance sum_enum_val; apply: eq_bigr => i _.
rewrite [RHS]sum_enum_val; apply: eq_bigr => j _; congr (_ ^+ 2).
rewrite !mxE summxE; congr (_ - _); apply: eq_bigr => r _.
by rewrite !mxE big_ord1 !mxE.
Qed.

End RankOne.
