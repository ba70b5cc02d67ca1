using System.Net;
using Loxi.Fuzz;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Fuzz.Targets;

/// <summary>
/// Bytes as a script of events to one node of three: datagrams of any content by the way of the engine (codec, authentication, replay windows, role core), time, pauses,
/// answers of disk and probes, posts, faults. Nothing throws, and the rules of <see cref="NodeWatch"/> hold.
/// </summary>
internal static class NodeTarget
{
    private const int MostSteps = 120;

    public static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var watch = new NodeWatch(script.Byte(), script.Byte());
        for (var i = 0; i < MostSteps && !script.IsEmpty; i++)
        {
            Step(ref script, watch);
        }
    }

    private static void Step(ref Script script, NodeWatch watch)
    {
        var operation = script.Byte();
        switch (operation % 14)
        {
            case 0:
                watch.Receive(script.Bytes(script.Byte()), operation & 1);
                break;
            case 1:
                watch.ReceivePatched(script.Bytes(script.Byte()), operation, signed: (operation & 0x80) != 0);
                break;
            case 2 or 3 or 4:
                watch.ReceiveHello(script.Byte(), script.Byte(), script.Byte(), script.Byte(), operation);
                break;
            case 5:
                watch.Advance(TimeSpan.FromMilliseconds(script.Byte() * 2));
                break;
            case 6:
                watch.Advance(TimeSpan.FromMilliseconds(script.Byte() * 20));
                break;
            case 7:
                watch.Stop(TimeSpan.FromMilliseconds(script.UInt16() % 4000));
                break;
            case 8:
                watch.AnswerDisk(operation < 200);
                break;
            case 9:
                watch.AnswerProbe(operation < 128 ? [] : [IPAddress.Parse("192.0.2.100")]);
                break;
            case 10:
                var posted = (PostedRole)(script.Byte() % 5);
                watch.Do((core, now, actions) => core.Post(posted, now, actions));
                break;
            case 11:
                var (fault, down) = (script.Byte() % 3, operation < 128);
                watch.Do((core, now, actions) => core.SetFault(fault, down, (fault & 1) != 0, now, actions));
                break;
            case 12:
                var readiness = (Readiness)(script.Byte() % 3);
                watch.Do((core, now, actions) => core.SetReadiness(readiness, now, actions));
                break;
            default:
                Choose(script.Byte(), watch);
                break;
        }
    }

    private static void Choose(byte choice, NodeWatch watch)
    {
        var peer = (ushort)(choice % 4);
        switch (choice % 7)
        {
            case 0:
                watch.Do((core, now, actions) => core.PathDown(peer, choice & 1, now, now, actions));
                break;
            case 1:
                watch.Do((core, now, actions) => core.Switchover(peer, now, actions));
                break;
            case 2:
                watch.Do((core, now, actions) => core.BarrierPassed(peer, now, actions));
                break;
            case 3:
                watch.Do((core, now, actions) => core.WitnessHeld(choice < 128 ? now + TimeSpan.FromSeconds(3) : TimeSpan.Zero, now, actions));
                break;
            case 4:
                watch.Do((core, now, actions) => core.Unpin(now, actions));
                break;
            case 5:
                watch.Do((core, _, _) => core.SetQuality(choice, (byte)~choice, choice));
                break;
            default:
                watch.Do((core, now, actions) => core.Stop(now, actions));
                break;
        }
    }
}
