/**
 * What authors of contracts may ask an enclave for on a development network: traces of calls and
 * values of storage. Requests and answers travel inside the sealed messages of a query, so that
 * nobody but the asker sees either.
 */
@NullMarked
package network.enigma.protocol.author;

import org.jspecify.annotations.NullMarked;
