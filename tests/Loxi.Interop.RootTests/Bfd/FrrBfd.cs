using System.Globalization;
using System.Text.Json;
using Loxi.Bfd;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>FRR's bfdd.</summary>
internal sealed class FrrBfd(LabHost host) : BfdPeer
{
    private readonly FrrPeer _frr = new(host);
    private string _peer = "";

    public override RoutingPeer Daemon => _frr;

    public override void Configure(PeerSession session)
    {
        Remember(session);
        _frr.Configure("bfdd", string.Join('\n', ["bfd", .. Lines(session), "exit", "exit"]) + "\n");
    }

    public override void Change(PeerSession session)
    {
        Remember(session);
        _frr.Ask(["configure terminal", "bfd", .. Lines(session)]);
    }

    public override void SetAdministrativelyDown(bool down) => _frr.Ask("configure terminal", "bfd", _peer, down ? "shutdown" : "no shutdown");

    public override PeerView? Read()
    {
        var sessions = _frr.AskJson("show bfd peers json");
        if (sessions.GetArrayLength() == 0)
        {
            return null;
        }

        var session = sessions[0];
        var counters = _frr.AskJson("show bfd peers counters json")[0];
        // Its own, as configured; what is in force has to be calculated (RFC 5880 6.8.2, 6.8.4).
        var interval = Math.Max(Number(session, "transmit-interval"), Number(session, "remote-receive-interval"));
        var timeout = Number(session, "remote-detect-multiplier") * Math.Max(Number(session, "receive-interval"), Number(session, "remote-transmit-interval"));
        return new PeerView(StateOf(session.GetProperty("status").GetString()!))
        {
            Diagnostic = session.GetProperty("diagnostic").GetString(),
            RemoteDiagnostic = session.GetProperty("remote-diagnostic").GetString(),
            Interval = TimeSpan.FromMilliseconds(interval),
            Timeout = TimeSpan.FromMilliseconds(timeout),
            Downs = Number(counters, "session-down"),
            EchoInput = Number(counters, "echo-packet-input"),
            EchoOutput = Number(counters, "echo-packet-output"),
        };
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static BfdState StateOf(string status) => status switch
    {
        "up" => BfdState.Up,
        "init" => BfdState.Init,
        "down" => BfdState.Down,
        "shutdown" => BfdState.AdminDown,
        _ => throw new LabException($"bfdd has a session in the state '{status}'"),
    };

    private void Remember(PeerSession session) => _peer = session.Multihop
        ? $"peer {session.Remote} multihop local-address {session.Local}"
        : $"peer {session.Remote} local-address {session.Local} interface eth0";

    private IEnumerable<string> Lines(PeerSession session) =>
    [
        _peer,
        Invariant($"transmit-interval {session.Transmit}"),
        Invariant($"receive-interval {session.Receive}"),
        Invariant($"detect-multiplier {session.Multiplier}"),
        session.Passive ? "passive-mode" : "no passive-mode",
        .. session.Multihop ? [] : EchoLines(session),
    ];

    private static string[] EchoLines(PeerSession session) =>
    [
        session.EchoInterval == 0 ? "echo receive-interval disabled" : Invariant($"echo receive-interval {session.EchoInterval}"),
        Invariant($"echo transmit-interval {Math.Max(session.EchoInterval, 10)}"),
        session.Echo ? "echo-mode" : "no echo-mode",
    ];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
