using System.Net;
using Loxi.Bfd;
using Loxi.Bfd.Session;

internal static class QuickStart
{
    internal static async Task WatchAsync(IPAddress peer, CancellationToken stop)
    {
        await using var speaker = new BfdSpeaker();
        using var listener = speaker.Subscribe(static change =>
            Console.WriteLine($"{change.Session}: {change.Transition.From} -> {change.Transition.To}, {change.Transition.Cause}"));

        // All sessions that there shall be, all or none. Again with other intervals: a Poll Sequence, no flap.
        await speaker.ApplyAsync([new BfdSessionSettings(peer)
        {
            DesiredMinTxInterval = TimeSpan.FromMilliseconds(50),
            RequiredMinRxInterval = TimeSpan.FromMilliseconds(50),
            DetectMult = 3,
        }], stop);

        await foreach (var change in speaker.WatchAsync(stop)) // disposing the speaker says AdminDown to every peer
        {
            Console.WriteLine($"{change.Session} found {change.Transition.LateBy / 1e6:F1} ms after it was due");
        }
    }

    internal static void Run()
    {
        var table = new BfdSessionTable(new Random());
        var settings = new BfdSessionSettings(IPAddress.Parse("192.0.2.2"))
        {
            DesiredMinTxInterval = TimeSpan.FromMilliseconds(50),
            RequiredMinRxInterval = TimeSpan.FromMilliseconds(50),
            DetectMult = 3,
            Authentication = new BfdAuthentication(BfdAuthenticationType.MeticulousKeyedSha1, [BfdKey.FromText(1, "secret")]),
        };

        // Who owns the sockets and the clock drives it: a tick at each deadline, each datagram with its time of arrival.
        var session = table.Add(settings, localAddress: IPAddress.Parse("192.0.2.1"), interfaceIndex: 0, now: 0);
        Span<byte> transmit = stackalloc byte[BfdSession.TransmitLength];
        var step = session.Tick(now: 0, drained: true, transmit);
        Console.WriteLine($"{session.State}: send {step.Length} bytes, the next tick is due at {step.Deadline} ns");
    }
}
