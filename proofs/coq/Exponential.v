(* An exponential number of centres is needed.                                *)
(*                                                                            *)
(* In words.  Let d = 2 p.  Whatever the kernel and its N <= 2^p / 2 centres, *)
(* some parity on p of the d coordinates keeps error at least half of its     *)
(* variance, whatever the coefficients.  Since C(2p, p) >= 2^p, the number of *)
(* centres must grow exponentially with the degree.                           *)
(*                                                                            *)
(* Order of quantifiers: p, N, the kernel, the centres, the coefficients (as  *)
(* any function of the target); then a hard target exists.                    *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres Parity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma central_binomial p : (2 ^ p <= 'C(p.*2, p))%N.
Proof.
elim: p => // p IH; rewrite expnS mul2n doubleS binS.
have -> : 'C(p.*2.+1, p) = 'C(p.*2.+1, p.+1).
  by rewrite -[RHS]bin_sub ?ltnS -?addnn ?leq_addl // subSS addnK.
rewrite addnn leq_double (leq_trans IH) // binS leq_addl //.
Qed.

Theorem parity_needs_exponential (R : realFieldType) (p N : nat)
    (K : cube p.*2 -> cube p.*2 -> R) (ctr : 'I_N -> cube p.*2)
    (a : {set 'I_p.*2} -> 'I_N -> R) :
  (2 * N <= 2 ^ p)%N ->
  exists2 S : {set 'I_p.*2}, #|S| = p &
    2%:R^-1 <= cube_mean
       (fun x => (chi R S x - \sum_j (a S j * K x (ctr j))) ^+ 2).
Proof.
move=> le2N; have led : (p <= p.*2)%N by rewrite -addnn leq_addr.
have leN := leq_trans le2N (central_binomial p).
have M0 : 0 < 'C(p.*2, p)%:R :> R by rewrite ltr0n bin_gt0.
have q1 : distribution (fun _ : unit => 1 : R).
  by split=> [_|]; rewrite ?ler01 // sumr_const card_unit.
have D0 : (0 < #|parities p.*2 p|)%N by rewrite card_parities bin_gt0.
have [S SD SB] := random_feature_hard_target (@cube_weight_ge0 R p.*2) q1
  (fun _ (j : 'I_N) x => K x (ctr j)) ler01 (@chi_orth_mean R p.*2 p)
  (fun _ => a) D0.
exists S; first by move: SD; rewrite inE => /eqP.
move: SB; rewrite /expected_mse (big_pred1 tt) => [|[]] //.
rewrite !mul1r card_parities /mse -cube_meanE; apply: le_trans.
have -> : 2%:R^-1 = 1 - 2%:R^-1 :> R by rewrite {2}(splitr 1) mul1r addrK.
rewrite ler_add2l ler_opp2 ler_pdivr_mulr // ler_pdivl_mull ?ltr0n //.
by rewrite -natrM ler_nat.
Qed.
