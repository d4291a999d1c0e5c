(* The aligned kernel attains the bound on every sample.                      *)
(*                                                                            *)
(* In words.  Let the targets be orthonormal and let every feature be a       *)
(* combination of the targets, phi_j = sum_i B_ji f_i.  Then the squared      *)
(* distances to the span of the features add up to exactly M - rank B         *)
(* (aligned_distance).  For the parities of degree p on the cube and the      *)
(* aligned kernel K(x,x') = sum over |S| = p of x_S x'_S, every choice of N   *)
(* centres leaves a mean squared distance of exactly 1 - rank(K_XX)/C(d,p),   *)
(* K_XX the kernel matrix of the centres: ridgeless regression with best      *)
(* coefficients reaches the lower bound whenever K_XX has rank N.             *)
(*                                                                            *)
(* Quantifiers: d, p, N and the centres are arbitrary; the distance is the    *)
(* minimum over coefficients chosen per target.                               *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan InnerProduct FiniteInputs RandomCentres Parity.
From KernelProofs Require Import DualCertificate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Aligned.
Variables (R : realFieldType) (V : lmodType R) (ip : V -> V -> R).
Hypothesis ipC : forall x y, ip x y = ip y x.
Hypothesis ipP : forall a x y z, ip (a *: x + y) z = a * ip x z + ip y z.
Hypothesis ip_ge0 : forall x, 0 <= ip x x.

Lemma combine m n k (f : 'I_m -> V) (A : 'M[R]_(k, n)) (B : 'M[R]_(n, m)) i :
  \sum_j A i j *: (\sum_k B j k *: f k) = \sum_k (A *m B) i k *: f k.
Proof.
under eq_bigr do rewrite scaler_sumr; rewrite exchange_big /=.
apply: eq_bigr => l _; rewrite mxE scaler_suml.
by apply: eq_bigr => j _; rewrite scalerA.
Qed.

Lemma sqdist_eq n (f : V) (phi psi : 'I_n -> V) :
  phi =1 psi -> sqdist ip f phi = sqdist ip f psi.
Proof.
move=> E; have gramE : gram ip phi = gram ip psi.
  by apply/matrixP => i k; rewrite !mxE !E.
have momentsE : moments ip f phi = moments ip f psi.
  by apply/rowP => j; rewrite !mxE E.
by rewrite /sqdist gramE momentsE.
Qed.

Theorem aligned_distance m n (f : 'I_m -> V) (B : 'M[R]_(n, m)) :
  (forall i k, ip (f i) (f k) = 1 *+ (i == k)) ->
  \sum_i sqdist ip (f i) (fun j : 'I_n => \sum_k B j k *: f k) = m%:R - (\rank B)%:R.
Proof.
move=> orth; pose phi (j : 'I_n) := \sum_k B j k *: f k; rewrite -/phi.
have gram1 : gram ip f = 1%:M by apply/matrixP => i k; rewrite !mxE orth.
apply/eqP; rewrite eq_le; apply/andP; split.
  have [P [PT PP BP trP /submxP [D PE]]] := projection_exists B.
  have resE i : residual (f i) phi (D i) = \sum_k (1%:M - P) i k *: f k.
    rewrite /residual /phi combine -PE.
    have {1}-> : f i = \sum_k (1%:M : 'M[R]_m) i k *: f k.
      rewrite (bigD1 i) //= mxE eqxx scale1r big1 ?addr0 // => k /negbTE ki.
      by rewrite mxE eq_sym ki scale0r.
    by rewrite -sumrB; apply: eq_bigr => k _; rewrite -scalerBl !mxE.
  have QQ : (1%:M - P) *m (1%:M - P)^T = 1%:M - P.
    by rewrite linearB /= trmx1 PT mulmxBr mulmx1 mulmxBl mul1mx PP subrr subr0.
  have -> : m%:R - (\rank B)%:R = \tr ((1%:M - P) *m gram ip f *m (1%:M - P)^T).
    by rewrite gram1 mulmx1 QQ linearB /= mxtrace1 trP.
  rewrite -(gram_combination ipC ipP); apply: ler_sum => i _.
  rewrite [X in _ <= X]mxE -resE.
  exact: (sqdist_is_minimum ipC ipP ip_ge0 (f i) phi).1.
have best i := (sqdist_is_minimum ipC ipP ip_ge0 (f i) phi).2.
have /fin_all_exists [a aE] := best; under eq_bigr do rewrite -aE.
pose psi (l : 'I_(\rank B)) := \sum_k row_base B l k *: f k.
pose a' i l := (\row_j a i j *m col_base B) 0 l.
rewrite -[m%:R - _]mul1r; apply: le_trans (ip_dimension_bound ipC ipP ip_ge0 psi a' ler01 orth) _.
rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => i _.
rewrite /sqerror; suff -> : residual (f i) psi (a' i) = residual (f i) phi (a i) by [].
congr (_ - _); rewrite /psi /a' combine -mulmxA mulmx_base -combine.
by apply: eq_bigr => j _; rewrite mxE.
Qed.

(* The rank of a Gram matrix. *)
Lemma rank_mul_tr m n (B : 'M[R]_(n, m)) : \rank (B *m B^T) = \rank B.
Proof.
have E : (kermx (B *m B^T) == kermx B)%MS.
  apply/andP; split; last by rewrite sub_kermx mulmxA mulmx_ker mul0mx.
  rewrite sub_kermx; apply/eqP/row_matrixP => i; rewrite row0 row_mul.
  apply: row_sqr_eq0; rewrite trmx_mul -mulmxA (mulmxA B) mulmxA -row_mul mulmxA.
  by rewrite -(mulmxA _ B) mulmx_ker row0 mul0mx.
have := eqmx_rank E; rewrite !mxrank_ker => h.
by rewrite -[LHS](subKn (rank_leq_row _)) h subKn ?rank_leq_row.
Qed.

End Aligned.

Section AlignedKernel.
Variables (R : realFieldType) (d p : nat).
Hypothesis p_le_d : (p <= d)%N.

Definition aligned_kernel (x y : cube d) : R :=
  \sum_(S in parities d p) chi R S x * chi R S y.

(* The kernel matrix of N centres. *)
Definition kernel_matrix N (ctr : 'I_N -> cube d) : 'M[R]_N :=
  \matrix_(i, j) aligned_kernel (ctr i) (ctr j).

Theorem aligned_kernel_attains N (ctr : 'I_N -> cube d) :
  ('C(d, p)%:R^-1 * \sum_(S in parities d p)
    distance (fun=> (2 ^ d)%:R^-1) (chi R S) (fun j x => aligned_kernel x (ctr j)))%R
  = 1 - (\rank (kernel_matrix ctr))%:R / 'C(d, p)%:R.
Proof.
pose D := parities d p; pose f (i : 'I_#|D|) := as_vector (chi R (enum_val i)).
pose B : 'M[R]_(N, #|D|) := \matrix_(j, i) chi R (enum_val i) (ctr j).
have orth i k : ip_mean (fun=> (2 ^ d)%:R^-1) (f i) (f k) = 1 *+ (i == k).
  by rewrite ip_meanE -cube_meanE chi_orthonormal (inj_eq enum_val_inj).
have rankE : \rank (kernel_matrix ctr) = \rank B.
  rewrite -(rank_mul_tr B); congr (\rank _); apply/matrixP => i j; rewrite !mxE.
  rewrite /aligned_kernel big_enum_val /=.
  by apply: eq_bigr => k _; rewrite !mxE.
have M0 : 'C(d, p)%:R != 0 :> R by rewrite pnatr_eq0 -lt0n bin_gt0.
have := aligned_distance (@ip_meanC _ _ _) (@ip_meanP _ _ _)
  (ip_mean_ge0 (@cube_weight_ge0 R d)) B orth.
rewrite rankE => h.
rewrite (_ : 1 - _ = 'C(d, p)%:R^-1 * ('C(d, p)%:R - (\rank B)%:R)); last first.
  by rewrite mulrBr mulVf // [X in _ - X]mulrC.
rewrite -[in X in _ = _ * (X - _)](card_parities d p) -h.
congr (_ * _); rewrite big_enum_val /=; apply: eq_bigr => i _; apply: sqdist_eq => j.
apply/ffunP => x; rewrite ffunE /aligned_kernel big_enum_val sum_ffunE.
by apply: eq_bigr => k _; rewrite !ffunE mxE mulrC.
Qed.

End AlignedKernel.

