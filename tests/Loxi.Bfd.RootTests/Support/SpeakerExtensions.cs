using Xunit;

namespace Loxi.Bfd.RootTests.Support;

internal static class SpeakerExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Applies sessions, until the test is cancelled.</summary>
    public static Task SetAsync(this BfdSpeaker speaker, IReadOnlyList<BfdSessionSettings> sessions) => speaker.ApplyAsync(sessions, TestContext.Current.CancellationToken);

    /// <summary>The only session.</summary>
    public static async Task<BfdSessionReport> OnlyAsync(this BfdSpeaker speaker) => (await speaker.ReadSessionsAsync()).Single();

    /// <summary>Looks at the only session until it is as wanted: not everything is told as a change.</summary>
    public static Task<BfdSessionReport> WaitUntilAsync(this BfdSpeaker speaker, Func<BfdSessionReport, bool> wanted, string what) => WaitAsync(speaker.OnlyAsync, wanted, what);

    /// <summary>Looks at the speaker until it is as wanted.</summary>
    public static Task<BfdSpeakerStatus> WaitUntilAsync(this BfdSpeaker speaker, Func<BfdSpeakerStatus, bool> wanted, string what) => WaitAsync(speaker.ReadStatusAsync, wanted, what);

    /// <summary>Waits until the only session has taken a number of packets more.</summary>
    public static async Task ReceiveMoreAsync(this BfdSpeaker speaker, ulong packets)
    {
        var before = (await speaker.OnlyAsync()).Status.ReceivedPackets;
        await speaker.WaitUntilAsync((BfdSessionReport report) => report.Status.ReceivedPackets >= before + packets, $"{packets} packets more");
    }

    private static async Task<T> WaitAsync<T>(Func<Task<T>> read, Func<T, bool> wanted, string what)
    {
        using var timer = new PeriodicTimer(Pause);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"Not in time as wanted: {what}. It is {value}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
