using System.Net;
using Loxi.Bfd.Session;
using Loxi.Fuzz;

namespace Loxi.Bfd.Fuzz.Targets;

/// <summary>Bytes as a script of events to one session: datagrams of any content, time, pauses, changes of settings. Nothing throws, and the rules of <see cref="SessionWatch"/> hold.</summary>
internal static class SessionTarget
{
    private const long Millisecond = 1_000_000;

    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");
    private static readonly IPAddress Self = IPAddress.Parse("192.0.2.1");

    public static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var first = script.Byte();
        var settings = Settings(Kind(first), first, script.Byte());
        var table = new BfdSessionTable(new Random(script.Byte()));
        var watch = new SessionWatch(table, table.Add(settings, default, 0, 0));
        for (var i = 0; i < 200 && !script.IsEmpty; i++)
        {
            Step(ref script, watch);
        }
    }

    private static void Step(ref Script script, SessionWatch watch)
    {
        var operation = script.Byte();
        switch (operation % 12)
        {
            case 0:
                watch.Receive(script.Bytes(script.Byte() % 80), Channel(operation), script.Byte(), 0);
                break;
            case 1 or 2 or 3:
                watch.ReceivePatched(script.Bytes(24), Channel(operation), sign: operation % 12 == 3, ago: script.Byte() * Millisecond);
                break;
            case 4:
                watch.ReceiveLastEcho(script.Byte());
                break;
            case 5:
                watch.Advance(script.Byte() * Millisecond);
                break;
            case 6:
                watch.Advance(script.UInt16() * Millisecond);
                break;
            case 7:
                watch.Stop(script.UInt16() * Millisecond);
                break;
            case 8:
                var (first, second) = (script.Byte(), script.Byte());
                watch.Do((s, now, t) => s.Change(Settings(s.Settings.Kind, first, second), now, t));
                break;
            case 9:
                var down = script.Byte() % 2 == 0;
                watch.Do((s, now, t) => operation < 128 ? s.SetAdministrativelyDown(down, now, t) : s.SetPathDown(down, now, t));
                break;
            case 10:
                watch.Do((s, now, t) => operation < 128 ? s.Verify(now, t) : s.ResetForwardingPlane(now, t));
                break;
            default:
                var type = script.Byte();
                watch.Do((s, now, t) => s.ChangeKeys(Authentication(type), now, t));
                break;
        }
    }

    private static BfdChannel Channel(byte operation) => (BfdChannel)((operation / 12) % 8 is var channel && channel < 3 ? channel : 0);

    private static BfdSessionKind Kind(byte first) => (first & 0x30) switch
    {
        0x10 => BfdSessionKind.Multihop,
        0x20 => BfdSessionKind.UnaffiliatedEcho,
        _ => BfdSessionKind.SingleHop,
    };

    private static BfdSessionSettings Settings(BfdSessionKind kind, byte first, byte second)
    {
        var isSingleHop = kind == BfdSessionKind.SingleHop;
        return new BfdSessionSettings(Peer)
        {
            LocalAddress = Self,
            Kind = kind,
            DetectMult = 1 + (first & 0x0f),
            Demand = (first & 0x40) != 0 && kind != BfdSessionKind.UnaffiliatedEcho,
            DemandPollInterval = (first & 0xc0) == 0xc0 && kind != BfdSessionKind.UnaffiliatedEcho ? TimeSpan.FromMilliseconds(200) : TimeSpan.Zero,
            Passive = (second & 0x01) != 0 && kind != BfdSessionKind.UnaffiliatedEcho,
            DesiredMinTxInterval = TimeSpan.FromMilliseconds(3 + ((second & 0x06) * 100)),
            RequiredMinRxInterval = (second & 0x08) != 0 ? BfdLimits.LongestInterval : TimeSpan.FromMilliseconds(20),
            DesiredMinEchoTxInterval = (second & 0x10) != 0 && isSingleHop ? TimeSpan.FromMilliseconds(5) : TimeSpan.Zero,
            RequiredMinEchoRxInterval = (second & 0x20) != 0 && isSingleHop ? TimeSpan.FromMilliseconds(5) : TimeSpan.Zero,
            Authentication = Authentication((byte)(second >> 6)),
        };
    }

    private static BfdAuthentication? Authentication(byte type) => (type % 6) switch
    {
        0 => null,
        var known => new BfdAuthentication((BfdAuthenticationType)known, [BfdKey.FromText(1, "secret")]),
    };
}
