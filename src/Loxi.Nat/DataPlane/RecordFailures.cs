using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>Records of the rings that could not be handled: each is counted, one of them a second is logged. A bad record costs itself alone. Thread-safe.</summary>
internal sealed partial class RecordFailures(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogPause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private long _count;
    private long? _logged;

    public long Count => Interlocked.Read(ref _count);

    public void Note(Exception failure)
    {
        var count = Interlocked.Increment(ref _count);
        lock (_gate)
        {
            if (_logged is { } last && time.GetElapsedTime(last) < LogPause)
            {
                return;
            }

            _logged = time.GetTimestamp();
        }

        LogRecordFailed(count, failure);
    }

    [LoggerMessage(2032, LogLevel.Error, "A record of the data plane could not be handled; {Count} so far")]
    private partial void LogRecordFailed(long count, Exception exception);
}
