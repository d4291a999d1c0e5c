(* Targets given as integer combinations of parities, for certificates.       *)
(*                                                                            *)
(* In words.  A target on {-1,1}^d is written as a list of pairs              *)
(* (coefficient, list of coordinates), meaning the sum of coefficient times   *)
(* the product of those coordinates.  check_gram computes the Gram matrix     *)
(* E[f_i f_k] of such a list (parities are orthonormal) and compares it with  *)
(* the integers of a certificate.  Theorem parity_sum_bound: if both checks   *)
(* return true, then for EVERY kernel and every choice of centres the squared *)
(* errors on these very functions, averaged, are at least the claimed decimal.*)
(*                                                                            *)
(* Quantifiers: certificate and targets; then the kernel and the centres;     *)
(* then the coefficients, any function of the target.                         *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres Parity.
From KernelProofs Require Import DualCertificate IntegerCertificate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition parity_sum := seq (Z * seq nat).

(* The set of coordinates below d that a list names. *)
Definition coordinate_set (d : nat) (s : seq nat) : {set 'I_d} :=
  [set i : 'I_d | (i : nat) \in s].

Definition same_set (d : nat) (s t : seq nat) : bool :=
  all (fun i => (i \in s) == (i \in t)) (iota 0 d).

Definition parity_sum_value (R : realFieldType) (d : nat) (f : parity_sum)
    (x : cube d) : R :=
  \sum_(term <- f) real_of_Z R term.1 * chi R (coordinate_set d term.2) x.

(* E[f g] *)
Definition gram_entry (d : nat) (f g : parity_sum) : Z :=
  foldr (fun a acc => foldr (fun b acc' =>
      if same_set d a.2 b.2 then (a.1 * b.1 + acc')%BZ else acc') acc g) 0%BZ f.

Definition check_gram (d : nat) (fs : seq parity_sum) (c : certificate) : bool :=
  all (fun i => all (fun k =>
      (gram_entry d (nth [::] fs i) (nth [::] fs k) =? entry (gram_rows c) i k)%BZ)
    (iota 0 (size_of c))) (iota 0 (size_of c)).

Section ParitySums.
Variables (R : realFieldType) (d : nat).
Local Notation r := (real_of_Z R).
Local Notation value f := (parity_sum_value R (d := d) f).
Local Notation w := (fun=> (2 ^ d)%:R^-1 : R).

Lemma same_setE s t : same_set d s t = (coordinate_set d s == coordinate_set d t).
Proof.
apply/allP/eqP => [h|/setP h i].
  by apply/setP => i; rewrite !inE; apply/eqP/h; rewrite mem_iota /=.
by rewrite mem_iota /= add0n => id; have := h (Ordinal id); rewrite !inE => ->.
Qed.

Lemma gram_entryE f g :
  cube_mean (fun x => value f x * value g x) = r (gram_entry d f g).
Proof.
have -> : r (gram_entry d f g) = \sum_(a <- f) \sum_(b <- g)
    r a.1 * r b.1 * (1 *+ (coordinate_set d a.2 == coordinate_set d b.2)).
  have inner (a : Z * seq nat) acc : r (foldr (fun b acc' =>
      if same_set d a.2 b.2 then (a.1 * b.1 + acc')%BZ else acc') acc g)
      = \sum_(b <- g) r a.1 * r b.1
          * (1 *+ (coordinate_set d a.2 == coordinate_set d b.2)) + r acc.
    elim: g => [|b g IH] /=; first by rewrite big_nil add0r.
    rewrite big_cons -same_setE; case: same_set; last by rewrite mulr0 add0r.
    by rewrite real_add real_mul IH mulr1 addrA.
  elim: f => [|a f IH]; first by rewrite big_nil.
  by rewrite big_cons -IH -inner.
pose h (a b : Z * seq nat) (x : cube d) := r a.1 * r b.1
  * (chi R (coordinate_set d a.2) x * chi R (coordinate_set d b.2) x).
rewrite cube_meanE; transitivity (mean w (fun x => \sum_(a <- f) \sum_(b <- g) h a b x)).
  apply: eq_bigr => x _; congr (_ * _); rewrite mulr_suml; apply: eq_bigr => a _.
  by rewrite mulr_sumr; apply: eq_bigr => b _; rewrite mulrACA.
rewrite mean_sum; apply: eq_bigr => a _; rewrite mean_sum; apply: eq_bigr => b _.
by rewrite meanZ -cube_meanE chi_orthonormal.
Qed.

Variables (c : certificate) (fs : seq parity_sum).
Hypothesis checked : check_certificate c.
Hypothesis gram_checked : check_gram d fs c.
Local Notation D := (r (denominator c)).

(* The squared distance to the span of any N functions phi. *)
Theorem parity_sum_distance_bound (phi : 'I_(features_of c) -> cube d -> R) :
  r (lower c) / 10%:R ^+ digits c <=
  (size_of c)%:R^-1 * \sum_(i < size_of c)
    distance w (value (nth [::] fs i)) phi / D.
Proof.
have D0 : 0 < D by apply: denominator_gt0 checked.
have Dn0 : D^-1 != 0 by rewrite invr_eq0 gt_eqF.
pose ip (f g : {ffun cube d -> R^o}) : R := D^-1 * ip_mean w f g.
have ipC f g : ip f g = ip g f by rewrite /ip ip_meanC.
have ipP a f g h : ip (a *: f + g) h = a * ip f h + ip g h.
  by rewrite /ip ip_meanP mulrDr mulrCA.
have ip_ge0 f : 0 <= ip f f.
  by rewrite mulr_ge0 ?invr_ge0 ?(ltW D0) ?ip_mean_ge0 // => x; apply: cube_weight_ge0.
pose F (i : 'I_(size_of c)) := as_vector (value (nth [::] fs i)).
have gramF i k : ip (F i) (F k) = r (entry (gram_rows c) i k) / D.
  have /Z.eqb_spec <- := iota_all (iota_all gram_checked i) k.
  by rewrite /ip ip_meanE -cube_meanE gram_entryE mulrC.
have := (certificate_sound ipC ipP ip_ge0 checked gramF).1 (fun j => as_vector (phi j)).
move=> /le_trans; apply; rewrite ler_wpmul2l ?invr_ge0 ?ler0n //.
apply: ler_sum => i _.
have [a aE] := (distance_is_minimum (@cube_weight_ge0 R d) (value (nth [::] fs i)) phi).2.
rewrite -aE mseE mulrC.
exact: (sqdist_is_minimum ipC ipP ip_ge0 _ _).1.
Qed.

(* Any kernel, any centres, any coefficients. *)
Theorem parity_sum_kernel_bound (K : cube d -> cube d -> R)
    (ctr : 'I_(features_of c) -> cube d)
    (a : 'I_(size_of c) -> 'I_(features_of c) -> R) :
  r (lower c) / 10%:R ^+ digits c <=
  (size_of c)%:R^-1 * \sum_(i < size_of c)
    cube_mean (fun x => (value (nth [::] fs i) x
      - \sum_j (a i j * K x (ctr j))) ^+ 2) / D.
Proof.
have D0 : 0 < D by apply: denominator_gt0 checked.
apply: le_trans (parity_sum_distance_bound (fun j x => K x (ctr j))) _.
rewrite ler_wpmul2l ?invr_ge0 ?ler0n //; apply: ler_sum => i _.
rewrite ler_pmul2r ?invr_gt0 // cube_meanE.
exact: (distance_is_minimum (@cube_weight_ge0 R d) _ _).1.
Qed.

End ParitySums.
