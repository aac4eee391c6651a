package network.enigma.client.author;

import network.enigma.protocol.CallResult;
import network.enigma.protocol.author.CallTrace;

/**
 * What a call did on the state after a task, without leaving anything behind.
 *
 * @param result what it gave
 * @param trace step by step; {@link TraceTree} gives it names
 * @param sequence of the last task whose effect the state contained
 */
public record Trace(CallResult result, CallTrace trace, long sequence) {}
