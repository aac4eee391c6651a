package network.enigma.runtime.evm.curve;

/** What the arithmetic of points needs of the field of their coordinates. */
interface Field<E> {
  E zero();

  E one();

  boolean isZero(E x);

  boolean equal(E x, E y);

  E add(E x, E y);

  E twice(E x);

  E subtract(E x, E y);

  E negate(E x);

  E multiply(E x, E y);

  E square(E x);

  E invert(E x);
}
