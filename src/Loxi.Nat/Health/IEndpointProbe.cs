namespace Loxi.Nat.Health;

/// <summary>Makes one probe of an endpoint.</summary>
public interface IEndpointProbe
{
    /// <summary>Probes an endpoint once.</summary>
    /// <param name="target">What to probe.</param>
    /// <param name="cancellationToken">Cancelled when the probe's time is over or its result is no longer wanted; the probe must end soon after.</param>
    /// <returns>
    /// The result; an answer that came before the cancellation was noticed still counts. <see cref="OperationCanceledException"/>
    /// after cancellation counts as <see cref="ProbeResult.TimedOut"/>, any other exception as <see cref="ProbeResult.LocalError"/>.
    /// </returns>
    ValueTask<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken);
}
