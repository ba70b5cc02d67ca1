using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Health;

public sealed partial class ProbeScheduler
{
    [LoggerMessage(2400, LogLevel.Information, "Endpoint {Target} went from {Previous} to {Current}: {Cause}")]
    private static partial void LogChanged(ILogger logger, ProbeTarget target, HealthState previous, HealthState current, ProbeResult cause);

    [LoggerMessage(2401, LogLevel.Warning, "Endpoint {Target} could not be probed for a reason of this node; its state stays as it is")]
    private static partial void LogLocalError(ILogger logger, ProbeTarget target);

    [LoggerMessage(2402, LogLevel.Warning, "The probe of endpoint {Target} failed with an exception")]
    private static partial void LogProbeFailed(ILogger logger, Exception exception, ProbeTarget target);

    [LoggerMessage(2403, LogLevel.Error, "The callback for a change of endpoint {Target} failed")]
    private static partial void LogCallbackFailed(ILogger logger, Exception exception, ProbeTarget target);
}
