package network.enigma.node.rpc;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What a node counts. Values are public facts: how many, how long, never about whom. */
public final class NodeMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();

  public final Counter ordersAccepted =
      counter("enigma_orders_accepted", "Orders whose acceptance the enclave signed");
  public final Counter ordersForwarded =
      counter("enigma_orders_forwarded", "Orders handed on to the holder of their realm");
  public final Counter tasksAnchored =
      counter("enigma_tasks_anchored", "Tasks whose batch a quorum of key managers acknowledged");
  public final Counter batchesExecuted = counter("enigma_batches_executed", "Batches made");
  public final Counter batchesCommitted =
      counter("enigma_batches_committed", "Batches seen committed on Ethereum");
  public final Counter batchesSkipped =
      counter("enigma_batches_skipped", "Batches that Ethereum did not admit");
  public final Counter leasesTaken = counter("enigma_leases_taken", "Leases granted to this node");
  public final Counter headsAcknowledged =
      counter("enigma_heads_acknowledged", "Heads this key manager acknowledged");
  public final Counter seedsSubmitted =
      counter("enigma_seeds_submitted", "Seeds this node put on chain");
  public final Gauge realmsHeld = gauge("enigma_realms_held", "Leases held");
  public final Gauge diskUsed = gauge("enigma_disk_used_bytes", "Bytes of what the node keeps");
  public final Gauge diskLeft =
      gauge("enigma_disk_left_bytes", "Bytes until new work is refused, negative when it is");
  public final Gauge headerNumber =
      gauge("enigma_header_number", "Newest header the enclave holds");
  public final Histogram anchorSeconds =
      Histogram.builder()
          .name("enigma_anchor_seconds")
          .help("From acceptance to anchored")
          .classicOnly()
          .classicUpperBounds(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
          .register(registry);

  private Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).register(registry);
  }

  PrometheusRegistry registry() {
    return registry;
  }
}
