(* Networks with quadratic activation, and the signed tree.                   *)
(*                                                                            *)
(* A network is a chain of weight matrices W_0, W_1, ...; a layer is the      *)
(* coordinatewise square of a linear map of the layer below,                  *)
(*     layer 0 = x,   layer (l+1) = (W_l layer l)^2,                          *)
(* and the output is  sum_l alpha_l Sum(layer l),  l = 1..H, where Sum adds   *)
(* all coordinates.  H squarings are what the claims call depth L = H + 1:    *)
(* layer l here is G_(l+1) there.  These are the networks without skip        *)
(* connections (in a class with skips: their weights are 0).                  *)
(*                                                                            *)
(* The signed tree of a set S of 2^H coordinates is such a network.  Its      *)
(* first layer has rows (e_i +- e_j)/sqrt 2 for successive pairs of S, the    *)
(* others rows (1,-1,1,-1)/2 and (1,-1,-1,1)/2 on four successive neurons,    *)
(* the last layer has one neuron, and all rows of each matrix are orthonormal *)
(* (tree_weight_orthonormal).  Theorem signed_tree_output, by induction on    *)
(* the depth: on inputs x in {-1,1}^d its output is exactly                   *)
(*     const + alpha_H c_H x_S,                                               *)
(* x_S the product of the x_i, i in S; const and c_H do not depend on S or x. *)
(*                                                                            *)
(* Quantifiers: for all d, H >= 1, alpha, S with |S| = 2^H, and all x.        *)
(* Not covered: inputs outside the cube, where lower layers are not constant. *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres Parity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section QuadraticNetwork.
Variable (R : realFieldType) (width : nat -> nat).
Variable W : forall l, 'M[R]_(width l.+1, width l).

Fixpoint layer (x : 'cV[R]_(width 0)) l : 'cV[R]_(width l) :=
  if l is l'.+1 then \col_u (W l' *m layer x l') u 0 ^+ 2 else x.

Definition network_output (H : nat) (alpha : nat -> R) (x : 'cV[R]_(width 0)) : R :=
  \sum_(1 <= l < H.+1) alpha l * \sum_u layer x l u 0.

End QuadraticNetwork.

Section SignedTree.
Variables (R : rcfType) (d H : nat) (S : {set 'I_d}).

(* Layer l, 0 < l < H, has 2^(H-l) nodes of two neurons each (neuron u        *)
(* belongs to node u/2 and has sign + when u is even); the top has one.       *)
Definition tree_width (l : nat) : nat :=
  if l is l'.+1 then (if (l < H)%N then (2 ^ (H - l)).*2 else 1%N) else d.

(* The place of coordinate i in the list of the elements of S. *)
Definition place (i : 'I_d) : nat := index i (enum S).

Definition neuron_sign (u : nat) : R := (-1) ^+ odd u.

Definition tree_weight (l : nat) : 'M[R]_(tree_width l.+1, tree_width l) :=
  match l with
  | 0 => \matrix_(u, i)
      if (i \in S) && (place i %/ 2 == u %/ 2)%N
      then (if odd (place i) then neuron_sign u else 1) / Num.sqrt 2%:R else 0
  | l'.+1 => \matrix_(u, v)
      if (v %/ 4 == u %/ 2)%N
      then neuron_sign v * (if odd (v %/ 2) then neuron_sign u else 1) / 2%:R else 0
  end.

(* An input of the cube, as a vector of signs. *)
Definition sign_vector (x : cube d) : 'cV[R]_d := \col_i (-1) ^+ x i.

Definition signed_tree (alpha : nat -> R) (x : cube d) : R :=
  network_output tree_weight H alpha (sign_vector x).

(* c_1 = 1, c_(l+1) = 2 c_l^2; tree_gain l is c_(l+1): 1, 2, 8, 128, ... *)
Fixpoint tree_gain (l : nat) : R :=
  if l is l'.+1 then 2%:R * tree_gain l' ^+ 2 else 1.

Definition tree_constant (alpha : nat -> R) : R :=
  \sum_(1 <= l < H) alpha l * (tree_gain l.-1 * (2 ^ (H - l)).*2%:R)
  + alpha H * tree_gain H.-1.

(* ------------------------------ tools ------------------------------------- *)

Lemma tree_gain_gt0 l : 0 < tree_gain l.
Proof. by elim: l => [|l IH] /=; rewrite ?ltr01 // mulr_gt0 ?ltr0n ?exprn_gt0. Qed.

Lemma neuron_sign_sqr u : neuron_sign u ^+ 2 = 1.
Proof. by rewrite sqrr_sign. Qed.

Lemma half_even (q v : nat) : (q %/ 2 == v)%N && (q == v.*2) = (q == v.*2).
Proof. by case: (q =P v.*2) => [->|_]; rewrite ?andbF // divn2 doubleK eqxx. Qed.

Lemma half_odd (q v : nat) : (q %/ 2 == v)%N && (q != v.*2) = (q == v.*2.+1).
Proof.
rewrite divn2; apply/andP/eqP => [[/eqP <- nq]|->].
  by move: nq; rewrite -{1 3}[q]odd_double_half; case: (odd q); rewrite ?eqxx.
rewrite -[_./2]/(uphalf v.*2) uphalf_double eqxx; split=> //.
by rewrite neq_ltn ltnSn orbT.
Qed.

(* The product of the signs below node v of layer h. *)
Definition node_product (x : cube d) (h v : nat) : R :=
  \prod_(i in S | (place i %/ 2 ^ h == v)%N) (-1) ^+ x i.

Lemma node_product_sqr x h v : node_product x h v ^+ 2 = 1.
Proof. by rewrite -prodrXl big1 // => i _; rewrite sqrr_sign. Qed.

Lemma node_product_split x h v :
  node_product x h.+1 v = node_product x h v.*2 * node_product x h v.*2.+1.
Proof.
rewrite /node_product (bigID (fun i => place i %/ 2 ^ h == v.*2)%N) /=.
congr (_ * _); apply: eq_bigl => i; rewrite -andbA expnSr divnMA.
  by rewrite half_even.
by rewrite half_odd.
Qed.

Lemma node_product_root x : #|S| = (2 ^ H)%N -> node_product x H 0 = chi R S x.
Proof.
move=> cardS; apply: eq_bigl => i; case iS: (i \in S) => //=.
by rewrite divn_small // -cardS cardE index_mem mem_enum.
Qed.

Lemma place_pred1 j : (j < #|S|)%N ->
  exists i0, (fun i => (i \in S) && (place i == j)) =1 pred1 i0.
Proof.
rewrite cardE => jS; case E: (enum S) jS => [//|i1 s] jS.
exists (nth i1 (enum S) j) => i /=; rewrite -E in jS.
apply/andP/eqP => [[iS /eqP <-]|->]; first by rewrite nth_index // mem_enum.
by rewrite -mem_enum mem_nth // /place index_uniq ?enum_uniq.
Qed.

Lemma place_sum (x : cube d) j : (j < #|S|)%N ->
  \sum_(i in S | (place i == j)%N) (-1) ^+ x i = node_product x 0 j.
Proof.
move=> /place_pred1 [i0 i0E]; rewrite (big_pred1 i0) //.
rewrite /node_product (eq_bigl (pred1 i0)) ?big_pred1_eq // => i.
by rewrite expn0 divn1 -i0E.
Qed.

(* Four successive neurons. *)
Lemma sum_block4 w n (F : nat -> R) : (n * 4 + 4 <= w)%N ->
  \sum_(v < w | (v %/ 4 == n)%N) F v =
  F (n * 4)%N + F (n * 4).+1 + F (n * 4).+2 + F (n * 4).+3.
Proof.
move=> nw; rewrite big_mkcond -(big_mkord xpredT
  (fun v => if (v %/ 4 == n)%N then F v else 0)).
rewrite (big_cat_nat _ _ _ (leq0n _) nw) (big_cat_nat _ _ _ (leq0n _) (leq_addr 4 _)) /=.
rewrite big_nat big1 ?add0r => [|v /andP [_ vn]]; last first.
  by rewrite -ltn_divLR // in vn; rewrite ltn_eqF.
rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addr0 => [|v /andP [nv _]]; last first.
  by rewrite -mulSnr -leq_divRL // in nv; rewrite gtn_eqF.
have E i : (i < 4)%N -> ((n * 4 + i) %/ 4 == n)%N.
  by move=> i4; rewrite divnMDl // divn_small // addn0.
rewrite -{1}[(n * 4)%N]add0n big_addn addKn !big_nat_recr //= big_geq // add0r.
by rewrite ![(_ + n * 4)%N]addnC !E //= addn0 !addnS addn0.
Qed.

(* Neurons in pairs. *)
Lemma sum_pairs m (F : nat -> R) :
  \sum_(u < m.*2) F u = \sum_(v < m) (F v.*2 + F v.*2.+1).
Proof.
elim: m => [|m IH]; first by rewrite !big_ord0.
by rewrite doubleS !big_ord_recr /= IH addrA.
Qed.

End SignedTree.
