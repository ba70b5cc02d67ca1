using System.Net;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Session.Support;

/// <summary>Drives one session by a clock of its own. What the session asks for comes back as lines, e.g. "connect", "3 notification 6/7", "down [Ipv4Unicast]".</summary>
internal sealed class Driver
{
    public static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");

    private readonly List<SessionAction> _last = [];
    private int _lastId;

    public Driver(Func<BgpPeerSettings, BgpPeerSettings>? configure = null, uint localAs = 64_512, uint remoteAs = 64_513, string identifier = "192.0.2.1", int seed = 1)
    {
        Speaker = new BgpSpeakerSettings(localAs, IPAddress.Parse(identifier));
        var settings = new BgpPeerSettings(Peer, remoteAs);
        Session = new PeerSession(Speaker, configure?.Invoke(settings) ?? settings, new Random(seed));
    }

    public BgpSpeakerSettings Speaker { get; }

    public PeerSession Session { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>The OPEN that the peer sends.</summary>
    public OpenMessage PeerOpen { get; set; } = OpenOf(64_513, "192.0.2.2");

    /// <summary>What the last step asked for.</summary>
    public IReadOnlyList<SessionAction> LastActions => _last;

    public string? LastError => Session.LastError?.Notification?.ToString();

    public static OpenMessage OpenOf(uint @as, string identifier, Func<BgpPeerSettings, BgpPeerSettings>? configure = null, BgpSpeakerSettings? speaker = null)
    {
        var settings = new BgpPeerSettings(IPAddress.Parse("192.0.2.1"), 1);
        return LocalOpen.Create((speaker ?? new BgpSpeakerSettings(1, IPAddress.Loopback)) with { LocalAs = @as, RouterId = IPAddress.Parse(identifier) },
            configure?.Invoke(settings) ?? settings, false, [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast]);
    }

    public string[] Start() => Lines(Session.Start(Now));

    public string[] Stop(SessionStopKind kind, string text = "") => Lines(Session.Stop(kind, text, Now));

    public string[] Reset(string text = "") => Lines(Session.Reset(text, Now));

    public string[] Apply(Func<BgpPeerSettings, BgpPeerSettings> change) => Lines(Session.Apply(Speaker, change(Session.Settings), Now));

    /// <summary>The attempt under way succeeds.</summary>
    public int Connected(out string[] lines)
    {
        lines = Lines(Session.Connected(++_lastId, Now));
        return _lastId;
    }

    public int Connected() => Connected(out _);

    public string[] ConnectFailed() => Lines(Session.ConnectFailed("refused", Now));

    public int Accepted(out string[] lines)
    {
        lines = Lines(Session.Accepted(++_lastId, Now));
        return _lastId;
    }

    public int Accepted() => Accepted(out _);

    public string[] Closed(int connection) => Lines(Session.Closed(connection, "reset", Now));

    public string[] Open(int connection, OpenMessage? open = null) => Lines(Session.OpenReceived(connection, open ?? PeerOpen, Now));

    public string[] Keepalive(int connection) => Lines(Session.KeepaliveReceived(connection, Now));

    public string[] Routes(int connection) => Lines(Session.RoutesReceived(connection, Now));

    public string[] Notification(int connection, BgpErrorCode code, byte subcode, bool hardReset = false, string? text = null)
        => Lines(Session.NotificationReceived(connection, new NotificationMessage(code, subcode) { HardReset = hardReset, Text = text }, Now));

    public string[] Failed(int connection, BgpErrorCode code, byte subcode) => Lines(Session.MessageFailed(connection, new SessionNotification(code, subcode), Now));

    public string[] EndOfRib(int connection, BgpFamily family) => Lines(Session.EndOfRib(connection, family, Now));

    public string[] LimitExceeded(int connection) => Lines(Session.PrefixLimitExceeded(connection, BgpFamily.Ipv4Unicast, Now));

    public string[] BfdUp() => Lines(Session.BfdUp(Now));

    public string[] BfdDown(bool controlPlaneIndependent = false) => Lines(Session.BfdDown(controlPlaneIndependent, Now));

    public string[] BfdAdminDown() => Lines(Session.BfdAdminDown(Now));

    public void Sent(int connection) => Session.Sent(connection, Now);

    /// <summary>Lets time pass, stopping at each deadline; what was asked for meanwhile, each with "@seconds" when <paramref name="stamped"/>.</summary>
    public string[] Pass(double seconds, bool stamped = false, bool unread = false, Action? each = null)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        var lines = new List<string>();
        while (Session.Deadline <= end)
        {
            Now = Session.Deadline > Now ? Session.Deadline : Now;
            foreach (var line in Lines(Session.Tick(Now, _ => unread)))
            {
                lines.Add(stamped ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line} @{Now.TotalSeconds:0.###}") : line);
            }

            each?.Invoke();
        }

        Now = end;
        return [.. lines];
    }

    /// <summary>An Established session by the own attempt, or by the peer's.</summary>
    public int Establish(bool incoming = false)
    {
        if (Session.State == BgpState.Idle)
        {
            Start();
        }

        var connection = incoming ? Accepted() : Connected();
        Open(connection);
        Keepalive(connection);
        return Session.State == BgpState.Established ? connection : throw new InvalidOperationException($"The session is {Session.State}.");
    }

    private string[] Lines(ReadOnlySpan<SessionAction> actions)
    {
        _last.Clear();
        foreach (var action in actions)
        {
            _last.Add(action);
        }

        return [.. _last.Select(Line)];
    }

    private static string Line(SessionAction action) => action.Kind switch
    {
        SessionActionKind.Connect => "connect",
        SessionActionKind.AbortConnect => "abort",
        SessionActionKind.SendOpen => $"{action.Connection} open",
        SessionActionKind.SendKeepalive => $"{action.Connection} keepalive",
        SessionActionKind.SendNotification => $"{action.Connection} notification {action.Notification}",
        SessionActionKind.Close => $"{action.Connection} close",
        SessionActionKind.Up => $"{action.Connection} up",
        SessionActionKind.Down => $"down [{string.Join(' ', action.Families)}]",
        SessionActionKind.PurgeStale => $"purge {action.Families.Single()}",
        SessionActionKind.MarkLongLivedStale => $"long-lived {action.Families.Single()}",
        _ => throw new InvalidOperationException($"There is no line for {action.Kind}."),
    };
}
