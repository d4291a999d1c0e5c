(* The dimension bound for predictors in an inner-product space, and the      *)
(* infimum form.                                                              *)
(*                                                                            *)
(* In words.  V is a vector space with a symmetric bilinear form whose        *)
(* squares are nonnegative: L2 of any probability distribution, functions     *)
(* that vanish almost everywhere included.  Features phi_1..phi_n come first; *)
(* then targets f_1..f_m; then, for each target, any coefficients.  The       *)
(* squared errors are bounded as in KyFan.v, in terms of the Gram matrix of   *)
(* the targets only.                                                          *)
(*   Infimum form: sqdist f phi is the squared distance from f to the span of *)
(* phi.  It is the minimum over all coefficients, the minimum is attained     *)
(* (sqdist_is_minimum), and the bound holds for the sum of these minima.      *)
(*                                                                            *)
(* Not covered: infinite-dimensional spans.                                   *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section InnerProductSpace.
Variables (R : realFieldType) (V : lmodType R) (ip : V -> V -> R).
Hypothesis ipC : forall x y, ip x y = ip y x.
Hypothesis ipP : forall a x y z, ip (a *: x + y) z = a * ip x z + ip y z.
Hypothesis ip_ge0 : forall x, 0 <= ip x x.

Lemma ip0l z : ip 0 z = 0.
Proof. by have := ipP (-1) 0 0 z; rewrite scaler0 addr0 mulN1r addNr. Qed.

Lemma ipDl x y z : ip (x + y) z = ip x z + ip y z.
Proof. by have := ipP 1 x y z; rewrite scale1r mul1r. Qed.

Lemma ipZl a x z : ip (a *: x) z = a * ip x z.
Proof. by have := ipP a x 0 z; rewrite addr0 ip0l addr0. Qed.

Lemma ipBl x y z : ip (x - y) z = ip x z - ip y z.
Proof. by rewrite ipDl -scaleN1r ipZl mulN1r. Qed.

Lemma ipDr x y z : ip z (x + y) = ip z x + ip z y.
Proof. by rewrite !(ipC z) ipDl. Qed.

Lemma ipBr x y z : ip z (x - y) = ip z x - ip z y.
Proof. by rewrite !(ipC z) ipBl. Qed.

Lemma ip_suml m (u : 'I_m -> R) (e : 'I_m -> V) z :
  ip (\sum_i u i *: e i) z = \sum_i u i * ip (e i) z.
Proof.
by elim/big_rec2: _ => [|i y1 y2 _ IH]; rewrite ?ip0l // ipP IH.
Qed.

Definition gram m (e : 'I_m -> V) : 'M[R]_m := \matrix_(i, k) ip (e i) (e k).

Lemma gram_form m (e : 'I_m -> V) (u : 'rV[R]_m) :
  (u *m gram e *m u^T) 0 0 = ip (\sum_i u 0 i *: e i) (\sum_i u 0 i *: e i).
Proof.
rewrite ip_suml -mulmxA mxE; apply: eq_bigr => i _; congr (_ * _).
rewrite ipC ip_suml mxE; apply: eq_bigr => k _.
by rewrite !mxE mulrC ipC.
Qed.

Lemma psd_gram m (e : 'I_m -> V) : psd (gram e).
Proof. by move=> u; rewrite gram_form ip_ge0. Qed.

(* What the predictor with coefficients a leaves of the target f. *)
Definition residual n (f : V) (phi : 'I_n -> V) (a : 'I_n -> R) : V :=
  f - \sum_j a j *: phi j.

Definition sqerror n (f : V) (phi : 'I_n -> V) (a : 'I_n -> R) : R :=
  ip (residual f phi a) (residual f phi a).

Theorem ip_certificate m n (f : 'I_m -> V) (phi : 'I_n -> V)
    (a : 'I_m -> 'I_n -> R) (S : 'M[R]_m) (c : R) :
  0 <= c -> psd S -> psd (c%:M + S - gram f) ->
  \tr (gram f) - c * n%:R - \tr S <= \sum_i sqerror (f i) phi (a i).
Proof.
move=> c0 psdS cert; pose A := \matrix_(i, j) a i j.
pose res i := residual (f i) phi (a i).
have -> : \sum_i sqerror (f i) phi (a i) = \tr (gram res).
  by apply: eq_bigr => i _; rewrite mxE.
apply: (kyfan_certificate (A := A)) => // [|u uA0]; first exact: psd_gram.
apply/matrixP => r s; rewrite !ord1 !gram_form.
suff -> : \sum_i u 0 i *: res i = \sum_i u 0 i *: f i by [].
rewrite (eq_bigr (fun i => u 0 i *: f i - \sum_j (u 0 i * A i j) *: phi j));
  last first.
  move=> i _; rewrite scalerBr scaler_sumr; congr (_ - _).
  by apply: eq_bigr => j _; rewrite scalerA mxE.
rewrite sumrB exchange_big /= [X in _ - X]big1 ?subr0 // => j _.
rewrite -scaler_suml; have /matrixP /(_ 0 j) := uA0.
by rewrite !mxE => ->; rewrite scale0r.
Qed.

(* Orthogonal targets of equal norm: n features leave a fraction 1 - n/m. *)
Corollary ip_dimension_bound m n (f : 'I_m -> V) (phi : 'I_n -> V)
    (a : 'I_m -> 'I_n -> R) (c : R) :
  0 <= c -> (forall i k, ip (f i) (f k) = c *+ (i == k)) ->
  c * (m%:R - n%:R) <= \sum_i sqerror (f i) phi (a i).
Proof.
move=> c0 orth.
have gramf : gram f = c%:M by apply/matrixP => i k; rewrite !mxE orth.
have cert : psd (c%:M + 0 - gram f) by rewrite gramf addr0 subrr; exact: psd0.
have := ip_certificate phi a c0 (@psd0 _ _) cert.
by rewrite linear0 subr0 gramf mxtrace_scalar mulrBr -mulr_natr.
Qed.

(* ------------------------- the infimum form ------------------------------- *)

(* The inner products of the target with the features. *)
Definition moments n (f : V) (phi : 'I_n -> V) : 'rV[R]_n :=
  \row_j ip f (phi j).

(* The squared distance from f to the span of phi, by the normal equations;   *)
(* pinvmx is a generalised inverse, so dependent features are allowed.  What  *)
(* this number is does not rest on the formula: see sqdist_is_minimum.        *)
Definition sqdist n (f : V) (phi : 'I_n -> V) : R :=
  ip f f - (moments f phi *m pinvmx (gram phi) *m (moments f phi)^T) 0 0.

(* A vector of norm 0 is orthogonal to everything. *)
Lemma ip_null z f : ip z z = 0 -> ip f z = 0.
Proof.
move=> z0; have h t : 0 <= ip f f + 2%:R * (t * ip f z).
  have := ip_ge0 (f + t *: z).
  rewrite ipDl !ipDr (ipC f (t *: z)) !ipZl (ipC z (t *: z)) ipZl z0 !mulr0.
  by rewrite addr0 (ipC z f) -addrA -mulr2n mulr_natl.
apply/eqP; apply: contraT => nz; have := h (- (ip f f + 1) / (2%:R * ip f z)).
have two : (2%:R : R) != 0 by rewrite pnatr_eq0.
rewrite invfM !mulrA mulfVK // mulrC mulrA mulVf // mul1r opprD addrA subrr.
by rewrite add0r oppr_ge0 ler10.
Qed.

Lemma moments_normal n (f : V) (phi : 'I_n -> V) :
  moments f phi *m pinvmx (gram phi) *m gram phi = moments f phi.
Proof.
set b := moments f phi; set G := gram phi; apply: mulmxKpV.
have ker (v : 'cV[R]_n) : G *m v = 0 -> b *m v = 0.
  move=> Gv0; apply/matrixP => i j; rewrite !ord1 !mxE.
  pose z := \sum_j v^T 0 j *: phi j.
  have z0 : ip z z = 0.
    by rewrite -gram_form trmxK -mulmxA Gv0 mulmx0 mxE.
  rewrite -[RHS](ip_null f z0) [in RHS]ipC ip_suml.
  by apply: eq_bigr => k _; rewrite !mxE mulrC (ipC f).
rewrite submxE; apply/eqP/rowP => j; rewrite [RHS]mxE.
have -> : (b *m cokermx G) 0 j = (b *m col j (cokermx G)) 0 0.
  by rewrite [LHS]mxE [RHS]mxE; apply: eq_bigr => k _; rewrite [in RHS](mxE _ _ k 0).
by rewrite ker ?mxE // colE mulmxA mulmx_coker mul0mx.
Qed.

Lemma sqerrorE n (f : V) (phi : 'I_n -> V) (a : 'I_n -> R) :
  sqerror f phi a = sqdist f phi
    + ((\row_j a j - moments f phi *m pinvmx (gram phi)) *m gram phi
       *m (\row_j a j - moments f phi *m pinvmx (gram phi))^T) 0 0.
Proof.
set b := moments f phi; set r := \row_j a j; set s := b *m pinvmx _.
have sG : s *m gram phi = b by exact: moments_normal.
have GT : (gram phi)^T = gram phi by apply/matrixP => i j; rewrite !mxE ipC.
have Gs : gram phi *m s^T = b^T by rewrite -[gram phi]GT -trmx_mul sG.
rewrite /sqdist -/b -/s linearB /= mulmxBl mulmxBr !mulmxBl sG -(mulmxA r _ s^T) Gs.
have rb : (r *m b^T) 0 0 = ip f (\sum_j a j *: phi j).
  rewrite mxE ipC ip_suml; apply: eq_bigr => j _.
  by rewrite !mxE (ipC (phi j)).
have br : (b *m r^T) 0 0 = ip f (\sum_j a j *: phi j).
  by rewrite -rb -[b *m r^T]trmxK trmx_mul trmxK mxE.
have bs : (b *m s^T) 0 0 = (s *m b^T) 0 0.
  by rewrite -[b *m s^T]trmxK trmx_mul trmxK mxE.
have rr : (r *m gram phi *m r^T) 0 0
    = ip (\sum_j a j *: phi j) (\sum_j a j *: phi j).
  rewrite gram_form; congr (ip _ _); apply: eq_bigr => j _; by rewrite mxE.
rewrite /sqerror /residual ipBl !ipBr (ipC (\sum_j _) f).
have BE (x y : 'M[R]_1) : (x - y) 0 0 = x 0 0 - y 0 0 by rewrite !mxE.
rewrite !BE rr rb br bs.
move: (ip f f) (ip f _) (ip _ _) ((s *m b^T) 0 0) => A B C D.
by rewrite !opprB [RHS](AC (2*(2*2)) ((1*4)*(3*6)*(5*2))) /= subrr addr0.
Qed.

(* sqdist is the minimum, over all coefficients, of the squared error. *)
Theorem sqdist_is_minimum n (f : V) (phi : 'I_n -> V) :
  (forall a, sqdist f phi <= sqerror f phi a) /\
  (exists a, sqerror f phi a = sqdist f phi).
Proof.
split=> [a|]; first by rewrite sqerrorE ler_addl psd_gram.
exists (fun j => (moments f phi *m pinvmx (gram phi)) 0 j).
rewrite sqerrorE (_ : \row_j _ = moments f phi *m pinvmx (gram phi)).
  by rewrite subrr !mul0mx mxE addr0.
by apply/rowP => j; rewrite mxE.
Qed.

Lemma sqdist_sum_ge (B : R) m n (f : 'I_m -> V) (phi : 'I_n -> V) :
  (forall a : 'I_m -> 'I_n -> R, B <= \sum_i sqerror (f i) phi (a i)) ->
  B <= \sum_i sqdist (f i) phi.
Proof.
have best i := (sqdist_is_minimum (f i) phi).2.
move=> h; have /fin_all_exists [a aE] := best.
by apply: le_trans (h a) _; apply: ler_sum => i _; rewrite aE.
Qed.

(* The bound for the squared distances themselves. *)
Theorem distance_certificate m n (f : 'I_m -> V) (phi : 'I_n -> V)
    (S : 'M[R]_m) (c : R) :
  0 <= c -> psd S -> psd (c%:M + S - gram f) ->
  \tr (gram f) - c * n%:R - \tr S <= \sum_i sqdist (f i) phi.
Proof.
by move=> c0 pS cert; apply: sqdist_sum_ge => a; apply: ip_certificate.
Qed.

Corollary distance_dimension_bound m n (f : 'I_m -> V) (phi : 'I_n -> V) (c : R) :
  0 <= c -> (forall i k, ip (f i) (f k) = c *+ (i == k)) ->
  c * (m%:R - n%:R) <= \sum_i sqdist (f i) phi.
Proof.
by move=> c0 orth; apply: sqdist_sum_ge => a; apply: ip_dimension_bound.
Qed.

End InnerProductSpace.
