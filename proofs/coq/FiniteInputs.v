(* The bound for functions on a finite set of inputs.                         *)
(*                                                                            *)
(* In words.  X is a finite set of inputs with nonnegative weights w (a       *)
(* distribution when they sum to 1).  Features phi_1..phi_n are any functions *)
(* on X: for a kernel method phi_j = K(., x_j).  They come first.  The        *)
(* predictor of target t is any combination of them, its coefficients chosen  *)
(* with full knowledge of the target.  Mutually orthogonal targets of norm c  *)
(* cannot all be fitted: the mean squared errors add up to at least           *)
(* c (M - n) over M targets.                                                  *)
(*   The same holds for the squared distances to the span (the infimum over   *)
(* coefficients), and with an intercept, free of charge, when every target    *)
(* has mean 0.                                                                *)
(*                                                                            *)
(* Not covered: infinite input sets; features that depend on the target.      *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section FiniteInputs.
Variables (R : realFieldType) (X : finType) (w : X -> R).
Hypothesis w_ge0 : forall x, 0 <= w x.

(* E_w [g] *)
Definition mean (g : X -> R) : R := \sum_x w x * g x.

(* Mean squared error of the predictor sum_j a_j phi_j on the target f. *)
Definition mse n (f : X -> R) (phi : 'I_n -> X -> R) (a : 'I_n -> R) : R :=
  mean (fun x => (f x - \sum_j a j * phi j x) ^+ 2).

Definition ip_mean (f g : {ffun X -> R^o}) : R := mean (fun x => f x * g x).

Lemma ip_meanC f g : ip_mean f g = ip_mean g f.
Proof. by apply: eq_bigr => x _; rewrite [f x * _]mulrC. Qed.

Lemma ip_meanP a f g h : ip_mean (a *: f + g) h = a * ip_mean f h + ip_mean g h.
Proof.
rewrite /ip_mean /mean mulr_sumr -big_split; apply: eq_bigr => x _ /=.
by rewrite !ffunE mulrDl mulrDr -mulrA mulrCA.
Qed.

Lemma ip_mean_ge0 f : 0 <= ip_mean f f.
Proof. by rewrite sumr_ge0 // => x _; rewrite mulr_ge0 // -expr2 sqr_ge0. Qed.

Definition as_vector (f : X -> R) : {ffun X -> R^o} := [ffun x => f x].

Lemma ip_meanE f g : ip_mean (as_vector f) (as_vector g) = mean (fun x => f x * g x).
Proof. by apply: eq_bigr => x _; rewrite !ffunE. Qed.

Lemma mseE n (f : X -> R) (phi : 'I_n -> X -> R) a :
  mse f phi a = sqerror ip_mean (as_vector f) (fun j => as_vector (phi j)) a.
Proof.
apply: eq_bigr => x _; rewrite -expr2 !ffunE sum_ffunE.
by under [in RHS]eq_bigr do rewrite !ffunE.
Qed.

Lemma meanD g h : mean (fun x => g x + h x) = mean g + mean h.
Proof. by rewrite /mean -big_split; apply: eq_bigr => x _; rewrite mulrDr. Qed.

Lemma meanZ a g : mean (fun x => a * g x) = a * mean g.
Proof. by rewrite /mean mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA. Qed.

Lemma mean_sum I (r : seq I) (P : pred I) (g : I -> X -> R) :
  mean (fun x => \sum_(i <- r | P i) g i x) = \sum_(i <- r | P i) mean (g i).
Proof.
by rewrite /mean exchange_big; apply: eq_bigr => x _ /=; rewrite mulr_sumr.
Qed.

(* Any targets, through a dual certificate (c, S) for their Gram matrix. *)
Theorem feature_certificate m n (f : 'I_m -> X -> R) (phi : 'I_n -> X -> R)
    (a : 'I_m -> 'I_n -> R) (G S : 'M[R]_m) (c : R) :
  (forall i k, G i k = mean (fun x => f i x * f k x)) ->
  0 <= c -> psd S -> psd (c%:M + S - G) ->
  \tr G - c * n%:R - \tr S <= \sum_i mse (f i) phi (a i).
Proof.
move=> GE c0 pS cert.
have gE : G = gram ip_mean (fun i => as_vector (f i)).
  by apply/matrixP => i k; rewrite GE [RHS]mxE ip_meanE.
rewrite gE in cert *.
have := ip_certificate ip_meanC ip_meanP ip_mean_ge0
  (fun j => as_vector (phi j)) a c0 pS cert.
by under [in X in _ -> X]eq_bigr do rewrite mseE.
Qed.

(* Orthogonal targets of equal norm, indexed by any finite set D. *)
Theorem feature_bound (T : finType) (D : {set T}) n (f : T -> X -> R)
    (phi : 'I_n -> X -> R) (a : T -> 'I_n -> R) (c : R) :
  0 <= c ->
  {in D &, forall s t, mean (fun x => f s x * f t x) = c *+ (s == t)} ->
  c * (#|D|%:R - n%:R) <= \sum_(t in D) mse (f t) phi (a t).
Proof.
move=> c0 orth; rewrite big_enum_val /=.
have orthF i k : ip_mean (as_vector (f (enum_val i)))
    (as_vector (f (enum_val k))) = c *+ (i == k :> 'I_#|D|).
  by rewrite -(inj_eq enum_val_inj) -orth ?enum_valP // ip_meanE.
have := ip_dimension_bound ip_meanC ip_meanP ip_mean_ge0
  (fun j => as_vector (phi j)) (fun i => a (enum_val i)) c0 orthF.
by under [in X in _ -> X]eq_bigr do rewrite mseE.
Qed.

(* The squared distance from a function to the span of the features. *)
Definition distance n (f : X -> R) (phi : 'I_n -> X -> R) : R :=
  sqdist ip_mean (as_vector f) (fun j => as_vector (phi j)).

(* It is the infimum of the mean squared error over the coefficients, and     *)
(* the infimum is attained.                                                   *)
Theorem distance_is_minimum n (f : X -> R) (phi : 'I_n -> X -> R) :
  (forall a, distance f phi <= mse f phi a) /\
  (exists a, mse f phi a = distance f phi).
Proof.
have [lo [a aE]] := sqdist_is_minimum ip_meanC ip_meanP ip_mean_ge0
  (as_vector f) (fun j => as_vector (phi j)).
by split=> [b|]; [rewrite mseE; apply: lo|exists a; rewrite mseE].
Qed.

(* The infimum form of feature_bound. *)
Corollary feature_bound_distance (T : finType) (D : {set T}) n
    (f : T -> X -> R) (phi : 'I_n -> X -> R) (c : R) :
  0 <= c ->
  {in D &, forall s t, mean (fun x => f s x * f t x) = c *+ (s == t)} ->
  c * (#|D|%:R - n%:R) <= \sum_(t in D) distance (f t) phi.
Proof.
move=> c0 orth; have /fin_all_exists [a aE] t := (distance_is_minimum (f t) phi).2.
by have := feature_bound phi a c0 orth; under eq_bigr do rewrite aE.
Qed.

(* --------------------- an intercept costs nothing ------------------------- *)

Hypothesis w_sum1 : \sum_x w x = 1.

Lemma mean_const a : mean (fun=> a) = a.
Proof. by rewrite /mean -mulr_suml w_sum1 mul1r. Qed.

(* When the target has mean 0, an intercept a0 never does better than         *)
(* subtracting its mean from each feature.                                    *)
Lemma mse_intercept n (f : X -> R) (phi : 'I_n -> X -> R) a0 a :
  mean f = 0 ->
  mse f (fun j x => phi j x - mean (phi j)) a <=
  mean (fun x => (f x - (a0 + \sum_j a j * phi j x)) ^+ 2).
Proof.
move=> f0; pose r x := f x - \sum_j a j * (phi j x - mean (phi j)).
pose b := a0 + \sum_j a j * mean (phi j).
have r0 : mean r = 0.
  have -> : mean r = mean (fun x => f x
      + - 1 * \sum_j a j * (phi j x + - mean (phi j))).
    by apply: eq_bigr => x _; rewrite /r mulN1r.
  rewrite meanD meanZ f0 add0r mean_sum big1 ?mulr0 // => j _.
  by rewrite meanZ meanD mean_const subrr mulr0.
have -> : mean (fun x => (f x - (a0 + \sum_j a j * phi j x)) ^+ 2) =
          mean (fun x => r x ^+ 2 + (- 2%:R * b * r x + b ^+ 2)).
  apply: eq_bigr => x _; congr (_ * _).
  have -> : f x - (a0 + \sum_j a j * phi j x) = r x - b.
    rewrite /r /b -addrA -opprD; congr (_ - _).
    under [in RHS]eq_bigr do rewrite mulrBr.
    by rewrite sumrB addrCA subrK.
  by rewrite sqrrB -addrA -mulr_natl !mulNr -mulrA (mulrC b).
by rewrite !meanD meanZ r0 mulr0 add0r mean_const ler_addl sqr_ge0.
Qed.

Theorem feature_bound_intercept (T : finType) (D : {set T}) n
    (f : T -> X -> R) (phi : 'I_n -> X -> R) (a0 : T -> R) (a : T -> 'I_n -> R)
    (c : R) :
  0 <= c ->
  {in D &, forall s t, mean (fun x => f s x * f t x) = c *+ (s == t)} ->
  {in D, forall t, mean (f t) = 0} ->
  c * (#|D|%:R - n%:R) <= \sum_(t in D)
    mean (fun x => (f t x - (a0 t + \sum_j a t j * phi j x)) ^+ 2).
Proof.
move=> c0 orth centred; apply: le_trans (feature_bound _ a c0 orth) _.
by apply: ler_sum => t tD; apply: mse_intercept; apply: centred.
Qed.

End FiniteInputs.
