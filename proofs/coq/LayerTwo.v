(* Layer 2 alone, in every input dimension: gradient descent turns to the axis.

   While the heads above are off (c_l = 0) the loss of Landscape.v has the slopes
   8 a (s - T_2) and 8 b s, s = a^2 + b^2, with T_2 the coefficient of He_2 in the target.
   With a step eta such that (1 + 8 eta T_2)^3 <= 27/4, from a start with 8 eta s <= 1,
   the ratio b^2/a^2 falls by the factor (1 + 8 eta T_2)^-2 at least, in every step. *)

From Coq Require Import Ring.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import RingTactic GaussianMoments Landscape.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section LayerTwo.
Variable R : realFieldType.
Add Ring R_ring : (commutative_ring R).
Ltac algebra := ring_names R; ring.

Variables (r : nat) (e : 'I_r.+1 -> nat) (t : 'I_r.+1 -> R).
Hypothesis layer_2 : e ord0 = 2%N.

(* The heads above layer 2 are off. *)
Definition only_layer_2 (l : 'I_r.+1) : R := (l == ord0)%:R.

Lemma slope_from_layer_2 J D :
  slope_from e only_layer_2 t J D
  = D 4%N 0%N - 2%:R * (\sum_m t m * D 2%N (e m))
    - 2%:R * (J 2%N 0%N - \sum_m t m * moment R (e m)) * D 2%N 0%N.
Proof.
have single (F : 'I_r.+1 -> R) : \sum_l only_layer_2 l * F l = F ord0.
  rewrite (bigD1 ord0) //= /only_layer_2 eqxx mul1r big1 ?addr0 // => l /negbTE ->.
  by rewrite mul0r.
rewrite /slope_from.
have -> : \sum_l (only_layer_2 l * J (e l) 0%N - t l * moment R (e l))
    = J 2%N 0%N - \sum_m t m * moment R (e m).
  by rewrite big_split /= sumrN single layer_2.
rewrite single layer_2; congr (_ - _).
transitivity (\sum_l only_layer_2 l * (\sum_m only_layer_2 m * D (e l + e m)%N 0%N
    - 2%:R * \sum_m t m * D (e l) (e m))).
  apply: eq_bigr => l _; rewrite mulrBr !mulr_sumr -sumrB.
  by apply: eq_bigr => m _; algebra.
by rewrite single single layer_2.
Qed.

Lemma target_he2E : 2%:R * target_he2 e t = \sum_m t m * ((e m)%:R * moment R (e m)).
Proof.
rewrite /target_he2 mulr_sumr; apply: eq_bigr => m _.
rewrite addn2 moment_parts /= (mulrSr 1 (e m)) mulrDl mul1r addrK.
by rewrite mulrCA divff ?mulr1 // pnatr_eq0.
Qed.

Lemma moments_turned : \sum_m t m * moment R (e m).+2
  = 2%:R * target_he2 e t + \sum_m t m * moment R (e m).
Proof.
rewrite target_he2E -big_split; apply: eq_bigr => m _ /=.
by rewrite (mulrSr 1 (e m)); algebra.
Qed.

Lemma layer_two_slope_a a b : loss_slope_a e only_layer_2 t a b
  = 8%:R * a * (a ^+ 2 + b ^+ 2 - target_he2 e t).
Proof.
rewrite loss_slope_aE slope_from_layer_2.
have cross : \sum_m t m * (2%:R * joint_moment a b 1 (e m).+1 0)
    = 2%:R * a * (2%:R * target_he2 e t + \sum_m t m * moment R (e m)).
  rewrite -moments_turned mulr_sumr; apply: eq_bigr => m _.
  rewrite -[joint_moment a b 1 _ 0]/(a * (moment R (e m).+2 * 1) + b * (moment R (e m).+1 * 0)).
  by algebra.
have -> : \sum_m t m * ((2%N)%:R * joint_moment a b (2%N).-1 (e m).+1 0)
    = 2%:R * a * (2%:R * target_he2 e t + \sum_m t m * moment R (e m)) by [].
set mean := \sum_m t m * moment R (e m).
have -> : 8%:R = 2%:R * 2%:R * 2%:R :> R by rewrite -!natrM.
have -> : 4%:R = 2%:R * 2%:R :> R by rewrite -natrM.
have -> : joint_moment a b 3 1 0 = 3%:R * a * (a ^+ 2 + b ^+ 2).
  by rewrite /= (mulrSr 1 2); algebra.
have -> : joint_moment a b 1 1 0 = a by rewrite /=; algebra.
have -> : joint_moment a b 2 0 0 = a ^+ 2 + b ^+ 2 by rewrite /=; algebra.
by rewrite (mulrSr 1 2); algebra.
Qed.

Lemma layer_two_slope_b a b : loss_slope_b e only_layer_2 t a b
  = 8%:R * b * (a ^+ 2 + b ^+ 2).
Proof.
rewrite loss_slope_bE slope_from_layer_2.
have cross : \sum_m t m * (2%:R * joint_moment a b 1 (e m) 1)
    = 2%:R * b * \sum_m t m * moment R (e m).
  rewrite mulr_sumr; apply: eq_bigr => m _.
  rewrite -[joint_moment a b 1 _ 1]/(a * (moment R (e m).+1 * 0)
    + b * (moment R (e m) * (1%:R * 1))).
  by algebra.
have -> : \sum_m t m * ((2%N)%:R * joint_moment a b (2%N).-1 (e m) 1)
    = 2%:R * b * \sum_m t m * moment R (e m) by [].
set mean := \sum_m t m * moment R (e m).
have -> : 8%:R = 2%:R * 2%:R * 2%:R :> R by rewrite -!natrM.
have -> : 4%:R = 2%:R * 2%:R :> R by rewrite -natrM.
have -> : joint_moment a b 3 0 1 = 3%:R * b * (a ^+ 2 + b ^+ 2).
  by rewrite /= (mulrSr 1 2); algebra.
have -> : joint_moment a b 1 0 1 = b by rewrite /=; algebra.
have -> : joint_moment a b 2 0 0 = a ^+ 2 + b ^+ 2 by rewrite /=; algebra.
by rewrite (mulrSr 1 2); algebra.
Qed.

Variables (eta : R) (a b : nat -> R).
Hypothesis descent_a : forall n,
  a n.+1 = a n - eta * loss_slope_a e only_layer_2 t (a n) (b n).
Hypothesis descent_b : forall n,
  b n.+1 = b n - eta * loss_slope_b e only_layer_2 t (a n) (b n).
Hypothesis eta_ge0 : 0 <= eta.
Hypothesis target_ge0 : 0 <= target_he2 e t.
Hypothesis step_small : 4%:R * (1 + 8%:R * eta * target_he2 e t) ^+ 3 <= 27%:R.
Hypothesis start_small : 8%:R * eta * (a 0 ^+ 2 + b 0 ^+ 2) <= 1.

Let growth := 1 + 8%:R * eta * target_he2 e t.
Let size n := 8%:R * eta * (a n ^+ 2 + b n ^+ 2).

Lemma descent_steps n :
  a n.+1 = a n * (growth - size n) /\ b n.+1 = b n * (1 - size n).
Proof.
by rewrite descent_a descent_b layer_two_slope_a layer_two_slope_b /growth /size; split; algebra.
Qed.

Lemma growth_ge1 : 1 <= growth.
Proof. by rewrite ler_addl !mulr_ge0 ?ler0n. Qed.

Lemma size_ge0 n : 0 <= size n.
Proof. by rewrite !mulr_ge0 ?ler0n // addr_ge0 ?sqr_ge0. Qed.

Lemma size_le1 n : size n <= 1.
Proof.
elim: n => [|n IH]; first exact: start_small.
have [step_a step_b] := descent_steps n.
have g1 := growth_ge1; have s0 := size_ge0 n.
have gap0 : 0 <= growth - size n by rewrite subr_ge0 (le_trans IH).
have room : 0 <= 4%:R * growth - 3%:R * size n.
  rewrite subr_ge0 ler_pmul ?ler0n ?ler_nat //; exact: le_trans IH g1.
have identity : 4%:R * growth ^+ 3 - 27%:R * (size n * (growth - size n) ^+ 2)
    = (3%:R * size n - growth) ^+ 2 * (4%:R * growth - 3%:R * size n).
  have -> : 27%:R = 3%:R * 3%:R * 3%:R :> R by rewrite -!natrM.
  have -> : 4%:R = 2%:R * 2%:R :> R by rewrite -natrM.
  by rewrite (mulrSr 1 2); algebra.
have most : size n * (growth - size n) ^+ 2 <= 1.
  have : 27%:R * (size n * (growth - size n) ^+ 2) <= 27%:R * 1.
    rewrite mulr1; apply: le_trans step_small.
    by rewrite -subr_ge0 identity mulr_ge0 ?sqr_ge0.
  by rewrite ler_pmul2l ?ltr0n.
apply: le_trans most.
have -> : size n.+1 = 8%:R * eta * (a n ^+ 2 * (growth - size n) ^+ 2)
    + 8%:R * eta * (b n ^+ 2 * (1 - size n) ^+ 2).
  by rewrite /size step_a step_b -/(size n); algebra.
have -> : size n * (growth - size n) ^+ 2 = 8%:R * eta * (a n ^+ 2 * (growth - size n) ^+ 2)
    + 8%:R * eta * (b n ^+ 2 * (growth - size n) ^+ 2).
  by rewrite {1}/size; algebra.
rewrite ler_add2l ler_wpmul2l ?mulr_ge0 ?ler0n // ler_wpmul2l ?sqr_ge0 //.
have rest0 : 0 <= 1 - size n by rewrite subr_ge0.
by rewrite ler_sqr ?nnegrE // ler_add2r growth_ge1.
Qed.

(* b^2/a^2 falls by the factor (1 + 8 eta T_2)^-2 at least, in every step. *)
Theorem layer_two_turns n :
  8%:R * eta * (a n ^+ 2 + b n ^+ 2) <= 1
  /\ (b n * a 0) ^+ 2 * (1 + 8%:R * eta * target_he2 e t) ^+ n.*2 <= (b 0 * a n) ^+ 2.
Proof.
rewrite -/growth; split; first exact: size_le1.
elim: n => [|n IH]; first by rewrite expr0 mulr1.
have [-> ->] := descent_steps n; have s1 := size_le1 n.
have g1 := growth_ge1; have s0 := size_ge0 n.
have factors : ((1 - size n) * growth) ^+ 2 <= (growth - size n) ^+ 2.
  have rest0 : 0 <= 1 - size n by rewrite subr_ge0.
  have gap0 : 0 <= growth - size n by rewrite subr_ge0 (le_trans s1).
  rewrite ler_sqr ?nnegrE ?mulr_ge0 // ?(le_trans ler01) //.
  have -> : (1 - size n) * growth = growth - size n * growth by algebra.
  by rewrite ler_add2l ler_opp2 ler_pemulr.
have -> : (b n * (1 - size n) * a 0) ^+ 2 * growth ^+ n.+1.*2
    = (b n * a 0) ^+ 2 * growth ^+ n.*2 * ((1 - size n) * growth) ^+ 2.
  by rewrite doubleS (exprS _ n.*2.+1) (exprS _ n.*2); set power := growth ^+ n.*2; algebra.
have -> : (b 0 * (a n * (growth - size n))) ^+ 2 = (b 0 * a n) ^+ 2 * (growth - size n) ^+ 2.
  by algebra.
by rewrite ler_pmul ?sqr_ge0 // mulr_ge0 ?sqr_ge0 ?exprn_ge0 ?(le_trans ler01).
Qed.

End LayerTwo.
