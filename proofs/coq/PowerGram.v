(* The Gram matrix of centred even powers z^2, z^4, z^8, ... of a normal variable.

   Its entries are Cov(z^n, z^m) = E[z^(n+m)] - E[z^n] E[z^m], double factorials.  For the
   chains of depth L = 3, ..., 6 (k = L - 1 powers) it is positive definite, and its
   Schur complement on z^2 is the least variance of z^2 plus any combination of the
   others: what an error of layer 2 costs when the layers above are free. *)

From Coq Require Import ZArith Ring.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import RingTactic GaussianMoments IntegerCertificate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition power_exponent (i : nat) : nat := (2 ^ i.+1)%N.

Definition power_covariance (R : comRingType) (n m : nat) : R :=
  moment R (n + m) - moment R n * moment R m.

(* sum_(i, j < k) x_i x_j M_ij *)
Definition quadratic (R : comRingType) (k : nat) (M : nat -> nat -> R) (x : nat -> R) : R :=
  \sum_(i < k) \sum_(j < k) x i * x j * M i j.

(* Var (sum_(i < k) x_i z^(2^(i+1))) *)
Definition power_variance (R : comRingType) (k : nat) (x : nat -> R) : R :=
  quadratic k (fun i j => power_covariance R (power_exponent i) (power_exponent j)) x.

(* ------------------------- elimination, in any ordered field ------------------------- *)

Section Elimination.
Variable R : realFieldType.
Add Ring R_ring : (commutative_ring R).
Ltac algebra := ring_names R; ring.

Definition eliminated (M : nat -> nat -> R) (i j : nat) : R :=
  M 0%N 0%N * M i.+1 j.+1 - M i.+1 0%N * M 0%N j.+1.

Lemma quadratic_eliminated k (M : nat -> nat -> R) x : (forall i j, M i j = M j i) ->
  M 0%N 0%N * quadratic k.+1 M x
  = (\sum_(i < k.+1) x i * M i 0%N) ^+ 2 + quadratic k (eliminated M) (fun i => x i.+1).
Proof.
move=> sym; rewrite /quadratic !big_ord_recl /=.
have -> : \sum_(i < k) x (bump 0 i) * M (bump 0 i) 0%N = \sum_(i < k) x i.+1 * M i.+1 0%N by [].
set B := \sum_(i < k) x i.+1 * M i.+1 0%N.
have row : \sum_(j < k) x 0%N * x (bump 0 j) * M 0%N (bump 0 j) = x 0%N * B.
  rewrite mulr_sumr; apply: eq_bigr => j _.
  by rewrite -[bump 0 j]/(j.+1) (sym 0%N); algebra.
have column : \sum_(i < k) \sum_(j < k.+1) x (bump 0 i) * x j * M (bump 0 i) j
    = x 0%N * B + \sum_(i < k) \sum_(j < k) x i.+1 * x j.+1 * M i.+1 j.+1.
  rewrite mulr_sumr -big_split; apply: eq_bigr => i _.
  by rewrite big_ord_recl /= -[bump 0 i]/(i.+1); congr (_ + _); algebra.
rewrite row column.
have -> : \sum_(i < k) \sum_(j < k) x i.+1 * x j.+1 * eliminated M i j
    = M 0%N 0%N * (\sum_(i < k) \sum_(j < k) x i.+1 * x j.+1 * M i.+1 j.+1) - B * B.
  rewrite {2}/B mulr_sumr mulr_sumr -sumrB; apply: eq_bigr => i _.
  rewrite /B mulr_suml mulr_sumr -sumrB; apply: eq_bigr => j _.
  by rewrite /eliminated (sym 0%N); algebra.
by algebra.
Qed.

(* All pivots are positive; the last one may be zero unless `strict`. *)
Fixpoint pivots_positive (strict : bool) (k : nat) (M : nat -> nat -> R) : Prop :=
  match k with
  | 0 => True
  | k'.+1 => (if strict || (k' != 0)%N then 0 < M 0%N 0%N else 0 <= M 0%N 0%N)
             /\ pivots_positive strict k' (eliminated M)
  end.

Lemma eliminated_sym (M : nat -> nat -> R) : (forall i j, M i j = M j i) ->
  forall i j, eliminated M i j = eliminated M j i.
Proof.
by move=> sym i j; rewrite /eliminated (sym i.+1 j.+1) (sym i.+1 0%N) (sym 0%N j.+1); algebra.
Qed.

Lemma pivots_ge0 strict k (M : nat -> nat -> R) x :
  (forall i j, M i j = M j i) -> pivots_positive strict k M -> 0 <= quadratic k M x.
Proof.
elim: k M x => [|k IH] M x sym /=; first by rewrite /quadratic big_ord0.
case=> pivot rest; case: k IH pivot rest => [|k] IH pivot rest.
  rewrite /quadratic !big_ord_recl !big_ord0 !addr0 -expr2 mulr_ge0 ?sqr_ge0 //.
  by case: ifP pivot => // _ /ltW.
rewrite orbT in pivot; rewrite -(pmulr_rge0 _ pivot) quadratic_eliminated //.
by rewrite addr_ge0 ?sqr_ge0 // IH //; apply: eliminated_sym.
Qed.

Lemma pivots_gt0 k (M : nat -> nat -> R) x :
  (forall i j, M i j = M j i) -> pivots_positive true k M ->
  (exists2 i, (i < k)%N & x i != 0) -> 0 < quadratic k M x.
Proof.
elim: k M x => [|k IH] M x sym /=; first by move=> _ [].
move=> [pivot rest] [i ik xi]; rewrite -(pmulr_rgt0 _ pivot) quadratic_eliminated //.
have sym' := eliminated_sym sym.
case: (boolP [exists j : 'I_k, x j.+1 != 0]) => [/existsP [j xj] | /existsPn zero].
  by rewrite ltr_paddl ?sqr_ge0 // IH //; exists j.
have tail j : (j < k)%N -> x j.+1 = 0.
  by move=> jk; have := zero (Ordinal jk); rewrite negbK => /eqP.
rewrite ltr_paddr ?(pivots_ge0 _ _ rest) //.
have x0 : x 0%N != 0 by case: i ik xi => // i ik xi; rewrite tail ?eqxx in xi.
rewrite exprn_even_gt0 //= big_ord_recl big1 ?addr0 => [|j _]; last by rewrite tail ?mul0r.
by rewrite mulf_neq0 // (gt_eqF pivot).
Qed.

End Elimination.

(* ------------------------------- in binary integers ---------------------------------- *)

Fixpoint z_moment (n : nat) : Z :=
  match n with
  | 0 => 1%BZ
  | 1 => 0%BZ
  | (k.+1 as m).+1 => (Z.of_nat m * z_moment k)%BZ
  end.

Definition z_covariance (i j : nat) : Z :=
  let n := power_exponent i in let m := power_exponent j in
  (z_moment (n + m) - z_moment n * z_moment m)%BZ.

Definition z_eliminated (M : nat -> nat -> Z) (i j : nat) : Z :=
  (M 0%N 0%N * M i.+1 j.+1 - M i.+1 0%N * M 0%N j.+1)%BZ.

Fixpoint z_pivots_positive (strict : bool) (k : nat) (M : nat -> nat -> Z) : bool :=
  match k with
  | 0 => true
  | k'.+1 => (if strict || (k' != 0)%N then (0 <? M 0%N 0%N)%BZ else (0 <=? M 0%N 0%N)%BZ)
             && z_pivots_positive strict k' (z_eliminated M)
  end.

(* den Cov v = num v_0 at z^2, 0 elsewhere *)
Definition z_attains (k : nat) (num den : Z) (v : seq Z) : bool :=
  all (fun i => den * zsum k (fun j => z_covariance i j * nth 0%BZ v j)
                =? (if i == 0%N then num * nth 0%BZ v 0 else 0))%BZ (iota 0 k).

Section Soundness.
Variable R : realFieldType.
Add Ring R_ring : (commutative_ring R).
Ltac algebra := ring_names R; ring.
Local Notation r := (real_of_Z R).

Lemma real_moment n : r (z_moment n) = moment R n.
Proof.
suff: r (z_moment n) = moment R n /\ r (z_moment n.+1) = moment R n.+1 by case.
elim: n => [|n [IH0 IH1]]; first by split; rewrite ?[LHS]/= ?Pos2Nat.inj_1.
split=> //; rewrite moment_parts -IH0.
by rewrite -[z_moment n.+2]/(Z.of_nat n.+1 * z_moment n)%BZ real_mul real_of_nat.
Qed.

Lemma real_covariance i j :
  r (z_covariance i j) = power_covariance R (power_exponent i) (power_exponent j).
Proof. by rewrite /z_covariance real_sub real_mul !real_moment. Qed.

Lemma power_covariance_sym n m : power_covariance R n m = power_covariance R m n.
Proof. by rewrite /power_covariance addnC [_ * moment R m]mulrC. Qed.

Lemma pivots_ext strict k (M N : nat -> nat -> R) : (forall i j, M i j = N i j) ->
  pivots_positive strict k M -> pivots_positive strict k N.
Proof.
elim: k M N => //= k IH M N same [pivot rest]; rewrite -same; split=> //.
by apply: IH rest => i j; rewrite /eliminated !same.
Qed.

Lemma z_pivots_sound strict k (M : nat -> nat -> Z) :
  z_pivots_positive strict k M -> pivots_positive strict k (fun i j => r (M i j)).
Proof.
elim: k M => //= k IH M /andP [pivot rest]; split.
  case: ifP pivot => _ pivot.
    by apply: real_gt0; apply/Z.ltb_lt.
  by apply: real_ge0; apply/Z.leb_le.
apply: pivots_ext (IH _ rest) => i j.
by rewrite /z_eliminated real_sub !real_mul.
Qed.

Lemma power_variance_gt0 k (x : nat -> R) : z_pivots_positive true k z_covariance ->
  (exists2 i, (i < k)%N & x i != 0) -> 0 < power_variance k x.
Proof.
move=> /z_pivots_sound pivots; apply: pivots_gt0 => [i j|].
  exact: power_covariance_sym.
by apply: pivots_ext pivots => i j; apply: real_covariance.
Qed.

Lemma power_variance_schur k num den (v : seq Z) :
  (0 < k)%N -> (0 <? den)%BZ -> (0 <? nth 0%BZ v 0)%BZ ->
  z_pivots_positive true k z_covariance -> z_attains k num den v ->
  (forall x : nat -> R, r num / r den * x 0%N ^+ 2 <= power_variance k x)
  /\ power_variance k (fun i => r (nth 0%BZ v i) / r (nth 0%BZ v 0)) = r num / r den.
Proof.
move=> k0 /Z.ltb_lt den0 /Z.ltb_lt v0 pivots /allP attains.
have den_gt0 := real_gt0 R den0; have w_gt0 := real_gt0 R v0.
have den_neq0 : r den != 0 by rewrite gt_eqF.
set S := r num / r den; pose w i := r (nth 0%BZ v i).
have w0 : w 0%N != 0 by rewrite gt_eqF.
pose G i j := power_covariance R (power_exponent i) (power_exponent j).
have sym i j : G i j = G j i by exact: power_covariance_sym.
have row (i : 'I_k) : \sum_(j < k) w j * G i j = (i == 0%N :> nat)%:R * (S * w 0%N).
  have /attains /Z.eqb_eq /(congr1 r) : val i \in iota 0 k by rewrite mem_iota /=.
  rewrite real_mul real_zsum => equal; apply: (mulfI den_neq0).
  transitivity (r den * \sum_(j < k) r (z_covariance i j * nth 0%BZ v j)).
    by congr (_ * _); apply: eq_bigr => j _; rewrite real_mul real_covariance mulrC.
  rewrite equal; case: eqP => _; last by rewrite mul0r mulr0.
  by rewrite real_mul mul1r /S mulrA mulrCA mulfV // mulr1.
have against (y : nat -> R) : \sum_(i < k) \sum_(j < k) y i * w j * G i j = y 0%N * (S * w 0%N).
  case: k k0 row {attains pivots} => // k _ row.
  rewrite big_ord_recl [X in _ + X]big1 => [|i _].
    rewrite addr0.
    transitivity (y 0%N * \sum_(j < k.+1) w j * G 0%N j).
      by rewrite mulr_sumr; apply: eq_bigr => j _; rewrite mulrA.
    by rewrite (row ord0) eqxx mul1r.
  transitivity (y i.+1 * \sum_(j < k.+1) w j * G i.+1 j).
    by rewrite mulr_sumr; apply: eq_bigr => j _; rewrite mulrA.
  by rewrite (row (lift ord0 i)) mul0r mulr0.
have split (y : nat -> R) s : quadratic k G (fun i => y i + s * w i)
    = quadratic k G y + s * (y 0%N * (S * w 0%N)) + s * (y 0%N * (S * w 0%N))
      + s * s * (w 0%N * (S * w 0%N)).
  rewrite -!(against _) !mulr_sumr /quadratic.
  have -> : \sum_(i < k) s * (\sum_(j < k) y i * w j * G i j)
      = \sum_(i < k) \sum_(j < k) s * (y i * w j * G i j).
    by apply: eq_bigr => i _; rewrite mulr_sumr.
  have -> : \sum_(i < k) s * s * (\sum_(j < k) w i * w j * G i j)
      = \sum_(i < k) \sum_(j < k) s * s * (w i * w j * G i j).
    by apply: eq_bigr => i _; rewrite mulr_sumr.
  rewrite [X in _ = _ + _ + X + _]exchange_big -!big_split; apply: eq_bigr => i _ /=.
  rewrite -!big_split; apply: eq_bigr => j _ /=; rewrite (sym j i); algebra.
have power : power_variance k = quadratic k G by [].
split=> [x|].
  pose y i := x i - x 0%N / w 0%N * w i.
  have y0 : y 0%N = 0 by rewrite /y divfK ?subrr.
  have -> : power_variance k x = quadratic k G (fun i => y i + x 0%N / w 0%N * w i).
    by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite /y !subrK.
  rewrite split y0 !mul0r !mulr0 !addr0.
  have -> : x 0%N / w 0%N * (x 0%N / w 0%N) * (w 0%N * (S * w 0%N)) = S * x 0%N ^+ 2.
    transitivity (S * (x 0%N / w 0%N * w 0%N) ^+ 2); last by rewrite divfK.
    by algebra.
  rewrite ler_addr; apply: (@pivots_ge0 _ true) => //.
  by apply: pivots_ext (z_pivots_sound pivots) => i j; exact: real_covariance.
rewrite power; transitivity (quadratic k G (fun i => 0 + (w 0%N)^-1 * w i)).
  by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite !add0r ![_^-1 * _]mulrC.
rewrite (split (fun=> 0)) !mul0r !mulr0 !addr0.
have -> : quadratic k G (fun=> 0) = 0.
  by apply: big1 => i _; apply: big1 => j _; rewrite !mul0r.
rewrite add0r; transitivity (S * (w 0%N / w 0%N) ^+ 2); last by rewrite divff // expr1n mulr1.
by algebra.
Qed.


(* Depths 3, ..., 6: any combination of the powers that is not zero has a positive variance. *)
Theorem power_variance_positive k (x : nat -> R) : (k <= 5)%N ->
  (exists2 i, (i < k)%N & x i != 0) -> 0 < power_variance k x.
Proof.
move=> small; apply: power_variance_gt0.
by case: k small => [|[|[|[|[|[|k]]]]]] // _; vm_compute.
Qed.

(* The least variance of z^2 and any combination of the k - 1 powers above it. *)
Definition least_variance (k : nat) : R :=
  match k with
  | 2 => r 1 / r 2
  | 3 => r 6 / r 19
  | 4 => r 106962 / r 373319
  | _ => r 7263837335253 / r 25516743191566
  end.

Theorem schur_complement k : (2 <= k <= 5)%N ->
  (forall x : nat -> R, least_variance k * x 0%N ^+ 2 <= power_variance k x)
  /\ exists2 x : nat -> R, x 0%N = 1 & power_variance k x = least_variance k.
Proof.
have one (v : seq Z) : (0 <? nth 0%BZ v 0)%BZ -> r (nth 0%BZ v 0) / r (nth 0%BZ v 0) = 1.
  by move=> /Z.ltb_lt /(real_gt0 R) v0; rewrite divff // gt_eqF.
have found k' num den v : (0 < k')%N -> (0 <? den)%BZ -> (0 <? nth 0%BZ v 0)%BZ ->
    z_pivots_positive true k' z_covariance -> z_attains k' num den v ->
    (forall x : nat -> R, r num / r den * x 0%N ^+ 2 <= power_variance k' x)
    /\ exists2 x : nat -> R, x 0%N = 1 & power_variance k' x = r num / r den.
  move=> k0 den0 v0 pivots attains.
  have [lower attained] := power_variance_schur k0 den0 v0 pivots attains.
  split=> //; exists (fun i => r (nth 0%BZ v i) / r (nth 0%BZ v 0)) => //; exact: one.
case: k => [|[|[|[|[|[|k]]]]]] // _.
- by apply: (found 2%N _ _ [:: 8; -1]%BZ) => //; vm_compute.
- by apply: (found 3%N _ _ [:: 2280; -390; 1]%BZ) => //; vm_compute.
- by apply: (found 4%N _ _ [:: 22578333120; -4086777240; 12750570; -11]%BZ) => //; vm_compute.
- by apply: (found 5%N _ _ [:: 32333195704629441448899072000; -5873672560493476885170024000;
    18538443788737534719057000; -16994879123199827850; 137507]%BZ) => //; vm_compute.
Qed.

(* The floor of layerwise training at depth 3.  The target is t_2 z^2 + t_3 z^4.  Layer 2
   alone minimises over its coefficient y at y = t_2 + 6 t_3 and nowhere else; with that
   coefficient fixed, whatever layer 3 does, the residual has a variance of at least
   18 t_3^2, which the coefficient t_3 / 4 attains. *)
Definition pair_of (x y : R) (i : nat) : R := match i with 0 => x | _ => y end.

Lemma power_variance_2 x y :
  power_variance 2 (pair_of x y) = 2%:R * x ^+ 2 + 24%:R * (x * y) + 96%:R * y ^+ 2.
Proof.
have entry i j z : r (z_covariance i j) = r z ->
    power_covariance R (power_exponent i) (power_exponent j) = r z.
  by rewrite real_covariance.
rewrite /power_variance /quadratic !big_ord_recl !big_ord0 /= !addr0.
rewrite (entry 0%N 0%N 2%BZ) // (entry 0%N 1%N 12%BZ) // (entry 1%N 0%N 12%BZ) //.
rewrite (entry 1%N 1%N 96%BZ) //.
have -> : r 2 = 2%:R by [].
have -> : r 12 = 12%:R by [].
have -> : r 96 = 96%:R by [].
have -> : 24%:R = 12%:R + 12%:R :> R by rewrite -natrD.
by algebra.
Qed.

Theorem layer_2_alone t2 t3 y :
  power_variance 2 (pair_of (y - t2) (- t3))
  = 2%:R * (y - (t2 + 6%:R * t3)) ^+ 2 + 24%:R * t3 ^+ 2.
Proof.
rewrite power_variance_2.
have -> : 24%:R = 2%:R * 2%:R * 6%:R :> R by rewrite -!natrM.
have -> : 96%:R = 2%:R * 6%:R * 6%:R + 2%:R * 2%:R * 6%:R :> R by rewrite -!natrM -natrD.
by algebra.
Qed.

Theorem layerwise_floor t2 t3 y :
  18%:R * t3 ^+ 2 <= power_variance 2 (pair_of (t2 + 6%:R * t3 - t2) (y - t3))
  /\ power_variance 2 (pair_of (t2 + 6%:R * t3 - t2) (t3 / 4%:R - t3)) = 18%:R * t3 ^+ 2.
Proof.
have eighteen : 18%:R = 6%:R * 3%:R :> R by rewrite -natrM.
have n24 : 24%:R = 6%:R * 4%:R :> R by rewrite -natrM.
have n96 : 96%:R = 6%:R * (4%:R * 4%:R) :> R by rewrite -!natrM.
have n6 : 6%:R = 2%:R * 3%:R :> R by rewrite -natrM.
have n4 : 4%:R = 2%:R + 2%:R :> R by rewrite -natrD.
have n3 : 3%:R = 2%:R + 1 :> R by rewrite (mulrSr 1 2).
have square z : power_variance 2 (pair_of (t2 + 6%:R * t3 - t2) (z - t3))
    = 18%:R * t3 ^+ 2 + 6%:R * (4%:R * z - t3) ^+ 2.
  rewrite power_variance_2 eighteen n24 n96 n6 n4 n3; algebra.
rewrite !square; split; first by rewrite ler_addl mulr_ge0 ?ler0n ?sqr_ge0.
by rewrite [4%:R * _]mulrC divfK ?pnatr_eq0 // subrr expr0n mulr0 addr0.
Qed.

(* With heads of equal size, Var (t_2 z^2) = 1 and Var (t_3 z^4) = eps^2, the floor is
   (3/16) eps^2, and relative to the variance of the target at least (3/20) eps^2 for
   eps <= 1/10. *)
Theorem layerwise_floor_relative eps t2 t3 y :
  0 <= t2 -> 0 <= t3 -> 2%:R * t2 ^+ 2 = 1 -> 96%:R * t3 ^+ 2 = eps ^+ 2 ->
  0 <= eps -> 10%:R * eps <= 1 ->
  3%:R * eps ^+ 2 * power_variance 2 (pair_of t2 t3)
  <= 20%:R * power_variance 2 (pair_of (t2 + 6%:R * t3 - t2) (y - t3)).
Proof.
move=> t2_ge0 t3_ge0 head2 head3 eps_ge0 eps_small.
have [floor _] := layerwise_floor t2 t3 y.
set V := power_variance 2 (pair_of t2 t3); set F := power_variance 2 _ in floor *.
have n24 : 24%:R = 2%:R * 2%:R * 2%:R * 3%:R :> R by rewrite -!natrM.
have n96 : 96%:R = 2%:R * 2%:R * 24%:R :> R by rewrite -!natrM.
have n10 : 10%:R = 2%:R * 5%:R :> R by rewrite -natrM.
have n3 : 3%:R = 2%:R + 1 :> R by rewrite (mulrSr 1 2).
have n5 : 5%:R = 2%:R + 2%:R + 1 :> R by rewrite -natrD (mulrSr 1 4).
pose P := 24%:R * (t2 * t3).
have P_ge0 : 0 <= P by rewrite !mulr_ge0 ?ler0n.
have P_square : P ^+ 2 = 3%:R * eps ^+ 2.
  transitivity (3%:R * ((2%:R * t2 ^+ 2) * (96%:R * t3 ^+ 2))).
    by rewrite /P n96 n24 n3; algebra.
  by rewrite head2 head3 mul1r.
have square_small : (10%:R * eps) ^+ 2 <= 1 by rewrite exprn_ile1 ?mulr_ge0 ?ler0n.
have P_small : 5%:R * P <= 1.
  have five_ge0 : 0 <= 5%:R * P by rewrite mulr_ge0 ?ler0n.
  suff : (5%:R * P) ^+ 2 <= 1 ^+ 2 by rewrite ler_sqr ?nnegrE ?ler01.
  rewrite expr1n; apply: le_trans square_small.
  have -> : (5%:R * P) ^+ 2 = 5%:R * 5%:R * (3%:R * eps ^+ 2) by rewrite -P_square; algebra.
  have -> : (10%:R * eps) ^+ 2 = 5%:R * 5%:R * (3%:R * eps ^+ 2) + 5%:R * 5%:R * eps ^+ 2.
    by rewrite n10 n5 n3; algebra.
  by rewrite ler_addl !mulr_ge0 ?ler0n ?sqr_ge0.
have V_small : 4%:R * V <= 5%:R.
  have -> : V = 1 + P + eps ^+ 2 by rewrite /V power_variance_2 head2 head3.
  have eps_square : 5%:R * 5%:R * (2%:R * 2%:R * eps ^+ 2) <= 1.
    by apply: le_trans square_small; rewrite n10 le_eqVlt; apply/orP; left; apply/eqP; algebra.
  have n4 : 4%:R = 2%:R * 2%:R :> R by rewrite -natrM.
  have fewer : 5%:R * (2%:R * 2%:R * eps ^+ 2) <= 1.
    apply: le_trans eps_square; rewrite -[5%:R * 5%:R * _]mulrA ler_pemull ?ler1n //.
    by rewrite !mulr_ge0 ?ler0n ?sqr_ge0.
  have five : 0 < 5%:R :> R by rewrite ltr0n.
  rewrite -(ler_pmul2l five).
  have -> : 5%:R * (4%:R * (1 + P + eps ^+ 2)) = 5%:R * 4%:R + 4%:R * (5%:R * P)
      + 5%:R * (2%:R * 2%:R * eps ^+ 2) by rewrite n4; algebra.
  have -> : 5%:R * 5%:R = 5%:R * 4%:R + 4%:R * 1 + 1 :> R by rewrite n5 n4; algebra.
  by rewrite !ler_add ?ler_wpmul2l ?ler0n.
have four : 0 < 4%:R :> R by rewrite ltr0n.
rewrite -(ler_pmul2l four).
have below : 4%:R * (3%:R * eps ^+ 2 * V) <= 3%:R * eps ^+ 2 * 5%:R.
  rewrite mulrCA ler_wpmul2l // mulr_ge0 ?ler0n ?sqr_ge0 //.
apply: le_trans below _.
have -> : 3%:R * eps ^+ 2 * 5%:R = 5%:R * (2%:R * 2%:R * 4%:R) * (18%:R * t3 ^+ 2).
  rewrite -head3 n96 n24.
  have -> : 18%:R = 2%:R * 3%:R * 3%:R :> R by rewrite -!natrM.
  have -> : 4%:R = 2%:R * 2%:R :> R by rewrite -natrM.
  by algebra.
have -> : 4%:R * (20%:R * F) = 5%:R * (2%:R * 2%:R * 4%:R) * F.
  have -> : 20%:R = 5%:R * (2%:R * 2%:R) :> R by rewrite -!natrM.
  by algebra.
by rewrite ler_wpmul2l // !mulr_ge0 ?ler0n.
Qed.

End Soundness.
