(* The population loss of a chain of width 1, its gradient, and where that vanishes.

   On Gaussian inputs the target is G(x) = sum_l t_l z^(e_l) with z = <w, x>, and a
   learner whose layer 2 has the row a w + b (a unit vector orthogonal to w) computes
   F(x) = sum_l c_l u^(e_l) with u = a z + b zeta.  The loss is Var(F - G), and its
   derivatives in a and b are those of polynomials.  In the chains of the paper the
   exponents are e_l = 2^(l-1), l = 2, ..., L, and c_2 = 1; here they are any even
   numbers, any number of them, with non-negative coefficients.

   Proved, at every depth: a point where both derivatives vanish has a = 0 or b = 0
   (no critical point off the axis), and a step of gradient descent divides the
   tangent |b/a| of the angle by 1 + eta E / X with E >= 8 T_2, where T_2 is the
   coefficient of He_2 in the target. *)

From Coq Require Import Ring.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import RingTactic GaussianMoments.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* E (F - G)^2 - (E (F - G))^2, given J n i = E[u^n z^i] *)
Definition variance_from (S : comRingType) (r : nat) (e : 'I_r -> nat) (c t : 'I_r -> S)
    (J : nat -> nat -> S) : S :=
  \sum_l \sum_m (c l * c m * J (e l + e m)%N 0%N - 2%:R * (c l * t m) * J (e l) (e m)
                 + t l * t m * moment S (e l + e m))
  - (\sum_l (c l * J (e l) 0%N - t l * moment S (e l))) ^+ 2.

(* Var (F - G) at the coefficients a, b *)
Definition population_loss (S : comRingType) (r : nat) (e : 'I_r -> nat) (c t : 'I_r -> S)
    (a b : S) : S :=
  variance_from e c t (fun n i => joint_moment a b n i 0).

(* Its partial derivatives *)
Definition loss_slope_a (R : comRingType) (r : nat) (e : 'I_r -> nat) (c t : 'I_r -> R)
    (a b : R) : R :=
  (population_loss e (fun l => (c l)%:P) (fun l => (t l)%:P) 'X b%:P)^`().[a].

Definition loss_slope_b (R : comRingType) (r : nat) (e : 'I_r -> nat) (c t : 'I_r -> R)
    (a b : R) : R :=
  (population_loss e (fun l => (c l)%:P) (fun l => (t l)%:P) a%:P 'X)^`().[b].

Section Slopes.
Variable R : comRingType.
Add Ring R_ring : (commutative_ring R).
Ltac algebra := ring_names R; ring.
Variables (r : nat) (e : 'I_r -> nat) (c t : 'I_r -> R).

(* The derivative of the variance when J has the derivatives D. *)
Definition slope_from (J D : nat -> nat -> R) : R :=
  \sum_l \sum_m (c l * c m * D (e l + e m)%N 0%N - 2%:R * (c l * t m) * D (e l) (e m))
  - 2%:R * (\sum_l (c l * J (e l) 0%N - t l * moment R (e l))) * \sum_l c l * D (e l) 0%N.

Lemma variance_deriv (J : nat -> nat -> {poly R}) x :
  (variance_from e (fun l => (c l)%:P) (fun l => (t l)%:P) J)^`().[x]
  = slope_from (fun n i => (J n i).[x]) (fun n i => (J n i)^`().[x]).
Proof.
have scaled y (p : {poly R}) : (y%:P * p)^`() = y%:P * p^`().
  by rewrite derivM derivC mul0r add0r.
have two : 2%:R = (2%:R : R)%:P :> {poly R} by rewrite rmorph_nat.
have deriv_sum (n : nat) (F : 'I_n -> {poly R}) : (\sum_l F l)^`() = \sum_l (F l)^`().
  exact: (big_morph (@deriv R) (@derivD R) (linear0 [linear of @deriv R])).
rewrite /variance_from derivB expr2 derivM hornerD hornerN hornerD !hornerM.
congr (_ - _).
  rewrite deriv_sum horner_sum; apply: eq_bigr => l _.
  rewrite deriv_sum horner_sum; apply: eq_bigr => m _.
  rewrite moment_polyC two -!polyCM derivD derivC addr0 derivB !scaled.
  by rewrite hornerD hornerN !hornerM !hornerC.
have -> : (\sum_l ((c l)%:P * J (e l) 0%N - (t l)%:P * moment _ (e l))).[x]
    = \sum_l (c l * (J (e l) 0%N).[x] - t l * moment R (e l)).
  rewrite horner_sum; apply: eq_bigr => l _.
  by rewrite moment_polyC hornerD hornerN !hornerM !hornerC.
have -> : (\sum_l ((c l)%:P * J (e l) 0%N - (t l)%:P * moment _ (e l)))^`().[x]
    = \sum_l c l * (J (e l) 0%N)^`().[x].
  rewrite deriv_sum horner_sum; apply: eq_bigr => l _.
  by rewrite moment_polyC -polyCM derivB derivC subr0 scaled hornerM hornerC.
by algebra.
Qed.

Lemma loss_slope_aE a b :
  loss_slope_a e c t a b = slope_from (fun n i => joint_moment a b n i 0)
    (fun n i => n%:R * joint_moment a b n.-1 i.+1 0).
Proof.
rewrite /loss_slope_a variance_deriv /slope_from.
have value n i : (joint_moment 'X b%:P n i 0).[a] = joint_moment a b n i 0.
  exact: joint_moment_horner.
have slope n i : (joint_moment 'X b%:P n i 0)^`().[a] = n%:R * joint_moment a b n.-1 i.+1 0.
  by rewrite joint_moment_deriv hornerM joint_moment_horner -(rmorph_nat [rmorphism of polyC]) hornerC.
congr (_ - 2%:R * _ * _).
- by apply: eq_bigr => l _; apply: eq_bigr => m _; rewrite !slope.
- by apply: eq_bigr => l _; rewrite value.
- by apply: eq_bigr => l _; rewrite slope.
Qed.

Lemma loss_slope_bE a b :
  loss_slope_b e c t a b = slope_from (fun n i => joint_moment a b n i 0)
    (fun n i => n%:R * joint_moment a b n.-1 i 1).
Proof.
rewrite /loss_slope_b variance_deriv /slope_from.
have value n i : (joint_moment a%:P 'X n i 0).[b] = joint_moment a b n i 0.
  by rewrite joint_moment_sym joint_moment_horner joint_moment_sym.
have slope n i : (joint_moment a%:P 'X n i 0)^`().[b] = n%:R * joint_moment a b n.-1 i 1.
  rewrite joint_moment_sym joint_moment_deriv hornerM joint_moment_horner.
  by rewrite -(rmorph_nat [rmorphism of polyC]) hornerC joint_moment_sym.
congr (_ - 2%:R * _ * _).
- by apply: eq_bigr => l _; apply: eq_bigr => m _; rewrite !slope.
- by apply: eq_bigr => l _; rewrite value.
- by apply: eq_bigr => l _; rewrite slope.
Qed.

Lemma slope_from_linear J D D' a b :
  a * slope_from J D - b * slope_from J D' = slope_from J (fun n i => a * D n i - b * D' n i).
Proof.
rewrite /slope_from !mulrBr !mulr_sumr.
set mean := \sum_l (c l * J (e l) 0%N - t l * moment R (e l)).
have -> : forall x x' y y' : R, x - y - (x' - y') = (x - x') - (y - y') by move=> *; algebra.
congr (_ - _).
  rewrite -sumrB; apply: eq_bigr => l _; rewrite !mulr_sumr -sumrB.
  by apply: eq_bigr => m _; algebra.
by rewrite -sumrB; apply: eq_bigr => l _; algebra.
Qed.

(* What is left of the gradient along the circle: the covariance with the target alone. *)
Lemma loss_turned a b :
  a * loss_slope_b e c t a b - b * loss_slope_a e c t a b
  = b * \sum_l \sum_m 2%:R * (c l * t m) * ((e l)%:R * (e m)%:R)
                      * joint_moment a b (e l).-1 (e m).-1 0.
Proof.
rewrite loss_slope_aE loss_slope_bE slope_from_linear /slope_from.
have turned n i : a * (n%:R * joint_moment a b n.-1 i 1)
    - b * (n%:R * joint_moment a b n.-1 i.+1 0)
    = - (b * (n%:R * i%:R) * joint_moment a b n.-1 i.-1 0).
  by rewrite -joint_moment_turned; algebra.
have radial n : a * (n%:R * joint_moment a b n.-1 0 1)
    - b * (n%:R * joint_moment a b n.-1 1 0) = 0.
  by rewrite turned mulr0 mulr0 mul0r oppr0.
rewrite [X in _ - _ * X]big1 => [|l _]; last by rewrite radial mulr0.
rewrite mulr0 subr0 mulr_sumr; apply: eq_bigr => l _.
rewrite mulr_sumr; apply: eq_bigr => m _.
by rewrite radial turned; algebra.
Qed.

End Slopes.

Section Chains.
Variable R : realFieldType.
Add Ring R_ring : (commutative_ring R).
Ltac algebra := ring_names R; ring.
Variables (r : nat) (e : 'I_r.+1 -> nat) (c t : 'I_r.+1 -> R).
Hypothesis exponents_even : forall l, ~~ odd (e l).
Hypothesis exponents_positive : forall l, (0 < e l)%N.
Hypothesis coefficients_ge0 : forall l, 0 <= c l.
Hypothesis target_ge0 : forall l, 0 <= t l.
(* Layer 2, and something in the target. *)
Hypothesis layer_2 : e ord0 = 2%N.
Hypothesis layer_2_on : c ord0 = 1.
Hypothesis target_not_zero : exists l, 0 < t l.

(* The coefficient of He_2 in the target is E[G (z^2 - 1)] / 2. *)
Definition target_he2 : R :=
  \sum_l t l * (moment R (e l + 2) - moment R (e l)) / 2%:R.

(* The pull towards the axis. *)
Definition angular_pull (a b : R) : R :=
  (\sum_l \sum_m 2%:R * (c l * t m) * ((e l)%:R * (e m)%:R)
                 * joint_moment a b (e l).-1 (e m).-1 0) / a.

Lemma target_he2_gt0 : 0 < target_he2.
Proof.
have term l : t l * (moment R (e l + 2) - moment R (e l)) / 2%:R
    = t l * ((e l)%:R * moment R (e l)) / 2%:R.
  rewrite addn2 moment_parts /= (mulrSr 1 (e l)) mulrDl mul1r addrK //.
have ge0 l : 0 <= t l * ((e l)%:R * moment R (e l)) / 2%:R.
  by rewrite !mulr_ge0 ?invr_ge0 ?ler0n // moment_ge0.
have [l positive] := target_not_zero.
rewrite /target_he2 (bigD1 l) //= term ltr_paddr //.
  by apply: sumr_ge0 => m _; rewrite term.
rewrite !mulr_gt0 ?invr_gt0 ?ltr0n ?moment_gt0 //.
Qed.

Lemma angular_pull_lower a b : a != 0 -> 8%:R * target_he2 <= angular_pull a b.
Proof.
move=> a0.
have odd_pred l : odd (e l).-1.
  by have := exponents_even l; have := exponents_positive l; case: (e l) => //= n _; rewrite negbK.
have ge0 l m : 0 <= 2%:R * (c l * t m) * ((e l)%:R * (e m)%:R)
    * joint_moment a b (e l).-1 (e m).-1 0 / a.
  rewrite -[_ * _ / a]mulrA.
  have -> : joint_moment a b (e l).-1 (e m).-1 0 / a
      = a * joint_moment a b (e l).-1 (e m).-1 0 / a ^+ 2.
    by rewrite expr2 invfM mulrA [a * _]mulrC mulfK.
  apply: mulr_ge0; first by rewrite !mulr_ge0 ?ler0n ?coefficients_ge0 ?target_ge0.
  apply: mulr_ge0; last by rewrite invr_ge0 sqr_ge0.
  exact: (joint_moment_signs a b (e m).-1 (e l).-1).2.
rewrite /angular_pull mulr_suml (bigD1 ord0) //= ler_paddr //.
  by apply: sumr_ge0 => l _; rewrite mulr_suml; apply: sumr_ge0.
rewrite mulr_suml /target_he2 mulr_sumr ler_sum // => m _.
have -> : joint_moment a b (e ord0).-1 (e m).-1 0 = a * moment R (e m).
  rewrite layer_2 -[LHS]/(a * (moment R (e m).-1.+1 * 1) + b * (moment R (e m).-1 * 0)).
  by rewrite prednK ?exponents_positive // mulr1 !mulr0 addr0.
rewrite addn2 moment_parts /= (mulrSr 1 (e m)) mulrDl mul1r addrK layer_2 layer_2_on.
have two : (2%:R : R) != 0 by rewrite pnatr_eq0.
have eight : 8%:R = 2%:R * 2%:R * 2%:R :> R by rewrite -!natrM.
rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: (mulIf a0); rewrite divfK //.
apply: (mulIf two).
transitivity (8%:R * (t m * ((e m)%:R * moment R (e m))) * a * (2%:R / 2%:R)).
  by algebra.
by rewrite divff // mulr1 eight; algebra.
Qed.

(* No critical point off the axis. *)
Theorem critical_points_on_axes a b :
  loss_slope_a e c t a b = 0 -> loss_slope_b e c t a b = 0 -> a = 0 \/ b = 0.
Proof.
move=> slope_a slope_b; case: (eqVneq a 0) => [-> | a0]; [by left | right].
have := loss_turned e c t a b; rewrite slope_a slope_b !mulr0 subr0 => /esym/eqP.
rewrite mulf_eq0 => /orP [/eqP // | /eqP zero].
have := angular_pull_lower b a0; rewrite /angular_pull zero mul0r.
by rewrite leNgt mulr_gt0 ?ltr0n ?target_he2_gt0.
Qed.

(* A step of gradient descent: the tangent of the angle is divided by (X + eta E) / X. *)
Theorem step_turns eta a b (X := (b - eta * loss_slope_b e c t a b) / b) :
  a != 0 -> b != 0 ->
  b - eta * loss_slope_b e c t a b = X * b
  /\ a - eta * loss_slope_a e c t a b = (X + eta * angular_pull a b) * a.
Proof.
move=> a0 b0; have key : X * b = b - eta * loss_slope_b e c t a b by rewrite /X divfK.
split=> //; apply: (mulIf b0).
have pull : angular_pull a b * a * b
    = a * loss_slope_b e c t a b - b * loss_slope_a e c t a b.
  by rewrite loss_turned /angular_pull divfK // mulrC.
transitivity (X * b * a + eta * (angular_pull a b * a * b)); last by algebra.
by rewrite key pull; algebra.
Qed.

Corollary angle_falls eta a b (X := (b - eta * loss_slope_b e c t a b) / b) :
  0 <= eta -> a != 0 -> b != 0 -> 0 <= X ->
  `|b - eta * loss_slope_b e c t a b| * `|a| * (X + eta * (8%:R * target_he2))
  <= `|b| * `|a - eta * loss_slope_a e c t a b| * X.
Proof.
move=> eta0 a0 b0 X0; have := step_turns eta a0 b0; rewrite /= -/X => -[-> ->].
clearbody X; have lower := angular_pull_lower b a0.
have pull0 : 0 <= angular_pull a b.
  by apply: le_trans lower; rewrite mulr_ge0 ?ler0n // ltW // target_he2_gt0.
rewrite !normrM (ger0_norm X0) (ger0_norm (addr_ge0 X0 (mulr_ge0 eta0 pull0))).
rewrite (_ : `|b| * ((X + eta * angular_pull a b) * `|a|) * X
    = X * `|b| * `|a| * (X + eta * angular_pull a b)); last by algebra.
by rewrite ler_wpmul2l ?mulr_ge0 ?normr_ge0 // ler_add2l ler_wpmul2l.
Qed.

End Chains.
