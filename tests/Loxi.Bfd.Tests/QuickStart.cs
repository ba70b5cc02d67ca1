using System.Net;
using Loxi.Bfd;
using Loxi.Bfd.Session;

internal static class QuickStart
{
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
