(* Moments of standard normal variables, as double factorials.

   z and zeta are independent standard normal variables and u = a z + b zeta.
   No measure appears: E[z^n] is defined as (n-1)!! for even n and 0 for odd n,
   and E[u^n z^i zeta^j] by multiplying out one factor u after the other.  Proved
   are integration by parts, derivatives in a and b, and signs. *)

From Coq Require Import Ring.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import RingTactic.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* E[z^n] *)
Fixpoint moment (R : comRingType) (n : nat) : R :=
  match n with
  | 0 => 1
  | 1 => 0
  | (k.+1 as m).+1 => m%:R * moment R k
  end.

(* E[u^n z^i zeta^j] with u = a z + b zeta *)
Fixpoint joint_moment (R : comRingType) (a b : R) (n i j : nat) : R :=
  match n with
  | 0 => moment R i * moment R j
  | k.+1 => a * joint_moment a b k i.+1 j + b * joint_moment a b k i j.+1
  end.

Section Moments.
Variable R : comRingType.
Add Ring R_ring : (commutative_ring R).
Ltac algebra := ring_names R; ring.

Lemma moment_parts n : moment R n.+1 = n%:R * moment R n.-1.
Proof. by case: n => [|n] //=; rewrite mul0r. Qed.

Lemma joint_moment_sym (a b : R) n i j : joint_moment a b n i j = joint_moment b a n j i.
Proof.
elim: n i j => [|n IH] i j /=; first by rewrite mulrC.
by rewrite addrC !IH.
Qed.

(* E[u^n z^(i+1) zeta^j] = a n E[u^(n-1) z^i zeta^j] + i E[u^n z^(i-1) zeta^j] *)
Lemma joint_moment_parts (a b : R) n i j :
  joint_moment a b n i.+1 j
  = a * n%:R * joint_moment a b n.-1 i j + i%:R * joint_moment a b n i.-1 j.
Proof.
elim: n i j => [|n IH] i j.
  rewrite -[LHS]/(moment R i.+1 * moment R j) moment_parts mulr0 mul0r add0r.
  by rewrite -[joint_moment a b 0 i.-1 j]/(moment R i.-1 * moment R j) mulrA.
rewrite [LHS]/= !IH /= (mulrSr 1 i) (mulrSr 1 n).
have front : a * n%:R * (a * joint_moment a b n.-1 i.+1 j)
    + a * n%:R * (b * joint_moment a b n.-1 i j.+1) = a * n%:R * joint_moment a b n i j.
  by case: n {IH} => [|n]; rewrite -mulrDr // !mulr0 !mul0r.
have back : i%:R * (a * joint_moment a b n i.-1.+1 j) = i%:R * (a * joint_moment a b n i j).
  by case: i {front} => [|i] //; rewrite !mul0r.
transitivity ((a * n%:R * (a * joint_moment a b n.-1 i.+1 j)
    + a * n%:R * (b * joint_moment a b n.-1 i j.+1)) + a * joint_moment a b n i j
    + i%:R * (a * joint_moment a b n i j) + i%:R * (b * joint_moment a b n i.-1 j.+1)).
  by algebra.
by rewrite front -back; algebra.
Qed.

Lemma joint_moment_parts_right (a b : R) n i j :
  joint_moment a b n i j.+1
  = b * n%:R * joint_moment a b n.-1 i j + j%:R * joint_moment a b n i j.-1.
Proof. by rewrite joint_moment_sym joint_moment_parts !(joint_moment_sym b a). Qed.

(* The derivative of E[u^n z^i] along (-b, a): n (a E[u^(n-1) z^i zeta] - b E[u^(n-1) z^(i+1)]). *)
Lemma joint_moment_turned (a b : R) n i :
  n%:R * (a * joint_moment a b n.-1 i 1 - b * joint_moment a b n.-1 i.+1 0)
  = - (b * (n%:R * i%:R) * joint_moment a b n.-1 i.-1 0).
Proof. by rewrite joint_moment_parts_right joint_moment_parts /= mul0r; algebra. Qed.

End Moments.

Section Polynomials.
Variable R : comRingType.
Add Ring R_ring : (commutative_ring [comRingType of {poly R}]).
Ltac algebra := ring_names [comRingType of {poly R}]; ring.

Lemma moment_polyC n : moment [comRingType of {poly R}] n = (moment R n)%:P.
Proof.
suff: moment [comRingType of {poly R}] n = (moment R n)%:P
    /\ moment [comRingType of {poly R}] n.+1 = (moment R n.+1)%:P by case.
elim: n => [|n [IH0 IH1]]; first by split.
split=> //; rewrite !moment_parts [n.+1.-1]/= IH0 polyCM.
by rewrite rmorph_nat.
Qed.

Lemma joint_moment_horner (b c : R) n i j :
  (joint_moment 'X b%:P n i j).[c] = joint_moment c b n i j.
Proof.
elim: n i j => [|n IH] i j /=; first by rewrite !moment_polyC hornerM !hornerC.
by rewrite hornerD !hornerM hornerX hornerC !IH.
Qed.

(* In the first coefficient, E[u^n z^i zeta^j] has the derivative n E[u^(n-1) z^(i+1) zeta^j]. *)
Lemma joint_moment_deriv (b : R) n i j :
  (joint_moment 'X b%:P n i j)^`() = n%:R * joint_moment 'X b%:P n.-1 i.+1 j.
Proof.
elim: n i j => [|n IH] i j; first by rewrite /= !moment_polyC -polyCM derivC mul0r.
rewrite [LHS]/= derivD !derivM derivX derivC !IH mul0r add0r mul1r.
rewrite -addrA; have -> : 'X * (n%:R * joint_moment 'X b%:P n.-1 i.+2 j)
    + b%:P * (n%:R * joint_moment 'X b%:P n.-1 i.+1 j.+1)
    = n%:R * joint_moment 'X b%:P n i.+1 j :> {poly R}.
  case: n {IH} => [|n] /=; first by rewrite !mul0r !mulr0 addr0.
  by algebra.
by rewrite (mulrSr 1 n) mulrDl mul1r addrC.
Qed.

End Polynomials.

Section Signs.
Variable R : realFieldType.

Lemma moment_ge0 n : 0 <= moment R n.
Proof.
suff: 0 <= moment R n /\ 0 <= moment R n.+1 by case.
elim: n => [|n [IH0 IH1]]; first by split; rewrite ?ler01.
by split=> //; rewrite moment_parts mulr_ge0 ?ler0n.
Qed.

Lemma moment_gt0 n : ~~ odd n -> 0 < moment R n.
Proof.
suff: (~~ odd n -> 0 < moment R n) /\ (~~ odd n.+1 -> 0 < moment R n.+1) by case.
elim: n => [|n [IH0 IH1]]; first by split=> //; rewrite ltr01.
split=> // even; rewrite moment_parts mulr_gt0 ?ltr0n //.
by apply: IH0; rewrite /= negbK in even.
Qed.

(* E[u^n z^i] for even n and i, and a E[u^n z^i] for odd ones, are not negative. *)
Lemma joint_moment_signs (a b : R) i n :
  (~~ odd n -> ~~ odd i -> 0 <= joint_moment a b n i 0)
  /\ (odd n -> odd i -> 0 <= a * joint_moment a b n i 0).
Proof.
have powers m : ~~ odd m -> 0 <= joint_moment a b m 0 0.
  elim/ltn_ind: m => [] [|[|m]] IH // even; first by rewrite /= mulr1 ler01.
  have -> : joint_moment a b m.+2 0 0 = (a ^+ 2 + b ^+ 2) * m.+1%:R * joint_moment a b m 0 0.
    rewrite [LHS]/= -/(joint_moment a b m.+1 1 0) -/(joint_moment a b m.+1 0 1).
    rewrite joint_moment_parts joint_moment_parts_right /= !mul0r !addr0.
    by rewrite !mulrA -!mulrDl -!expr2.
  rewrite mulr_ge0 ?mulr_ge0 ?addr_ge0 ?sqr_ge0 ?ler0n //; apply: IH => //.
  by rewrite /= negbK in even.
elim/ltn_ind: i n => [] [|i] IH n; first by split=> // even _; exact: powers.
rewrite joint_moment_parts; split=> [even_n odd_i | odd_n odd_i].
  case: i IH odd_i => [|i] IH //= odd_i; rewrite negbK in odd_i.
  have low := (IH i (leqnSn _) n).1 even_n odd_i.
  rewrite addr_ge0 //; last by rewrite mulr_ge0 ?ler0n.
  case: n even_n {low} => [|n] even_n; first by rewrite mulr0 mul0r.
  rewrite mulrAC mulrC mulr_ge0 ?ler0n //; apply: (IH i.+1 _ n).2 => //.
  by rewrite /= negbK in even_n.
case: n odd_n => // n odd_n; rewrite /= in odd_n odd_i.
rewrite mulrDr addr_ge0 //.
  rewrite !mulrA -expr2 -mulrA mulr_ge0 ?sqr_ge0 ?mulr_ge0 ?ler0n //.
  by apply: (IH i _ n).1.
case: i odd_i IH => [|i] odd_i IH; first by rewrite mulrCA mul0r.
rewrite mulrCA mulr_ge0 ?ler0n //; apply: (IH i _ n.+1).2 => //=.
by rewrite /= negbK in odd_i.
Qed.

End Signs.
