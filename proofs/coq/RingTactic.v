(* Coq's tactic ring, for the commutative rings of mathcomp.

   The operations of mathcomp's rings are found along many paths, which ring does
   not identify.  So `algebra R` first gives them the names below.  Nothing here
   is assumed: ring builds a proof term, which Coq checks. *)

From Coq Require Import Ring_theory Ring.
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Names.
Variable R : comRingType.

Definition ring_add (x y : R) : R := x + y.
Definition ring_mul (x y : R) : R := x * y.
Definition ring_opp (x : R) : R := - x.
Definition ring_sub (x y : R) : R := x - y.
Definition ring_zero : R := 0.
Definition ring_one : R := 1.
Definition ring_nat (n : nat) : R := n%:R.

Lemma commutative_ring :
  ring_theory ring_zero ring_one ring_add ring_mul ring_sub ring_opp eq.
Proof.
split; [exact: add0r | exact: addrC | exact: addrA | exact: mul1r | exact: mulrC
  | exact: mulrA | exact: mulrDl | by [] | exact: subrr].
Qed.

End Names.

Ltac ring_names R :=
  rewrite ?mulr1n ?mulr2n ?expr2 ?exprS ?expr0;
  repeat match goal with
  | |- context [@GRing.natmul ?Z (GRing.one ?Y) ?n] =>
    change (@GRing.natmul Z (GRing.one Y) n) with (@ring_nat R n)
  end;
  repeat match goal with
  | |- context [@GRing.add ?Z ?x ?y] => change (@GRing.add Z x y) with (@ring_add R x y)
  | |- context [@GRing.mul ?Z ?x ?y] => change (@GRing.mul Z x y) with (@ring_mul R x y)
  | |- context [@GRing.opp ?Z ?x] => change (@GRing.opp Z x) with (@ring_opp R x)
  | |- context [GRing.zero ?Z] => change (GRing.zero Z) with (@ring_zero R)
  | |- context [GRing.one ?Z] => change (GRing.one Z) with (@ring_one R)
  end;
  match goal with |- @eq _ ?x ?y => change (@eq (GRing.ComRing.sort R) x y) end.
