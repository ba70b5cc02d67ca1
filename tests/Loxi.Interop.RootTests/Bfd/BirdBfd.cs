using System.Globalization;
using Loxi.Bfd;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>BIRD's BFD protocol.</summary>
internal sealed class BirdBfd(LabHost host) : BfdPeer
{
    private const string Protocol = "bfd1";

    private readonly BirdPeer _bird = new(host);

    public override RoutingPeer Daemon => _bird;

    public override void Configure(PeerSession session) => _bird.Configure(string.Create(CultureInfo.InvariantCulture, $$"""
        protocol bfd {{Protocol}} {
          {{(session.Multihop ? "multihop" : "interface \"eth0\"")}} {
            min tx interval {{session.Transmit}} ms;
            min rx interval {{session.Receive}} ms;
            multiplier {{session.Multiplier}};
            passive {{(session.Passive ? "yes" : "no")}};
            {{Authentication(session)}}
          };
          neighbor {{session.Remote}}{{(session.Remote.IsIPv6LinkLocal ? " dev \"eth0\"" : "")}} local {{session.Local}}{{(session.Multihop ? " multihop" : "")}};
        }
        """));

    public override void Change(PeerSession session)
    {
        Configure(session);
        _bird.Reload();
    }

    public override void SetAdministrativelyDown(bool down) => _bird.Ask(down ? "disable" : "enable", Protocol);

    public override PeerView? Read()
    {
        // IP address, interface, state, since, interval and timeout in seconds.
        var columns = _bird.Ask("show", "bfd", "sessions", Protocol).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(static line => !line.StartsWith("IP address", StringComparison.Ordinal)).Skip(1)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault();
        return columns is null ? null : new PeerView(Enum.Parse<BfdState>(columns[2])) { Since = columns[3], Interval = Seconds(columns[4]), Timeout = Seconds(columns[5]) };
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private static string Authentication(PeerSession session)
    {
        var kind = session.Authentication switch
        {
            BfdAuthenticationType.None => "none",
            BfdAuthenticationType.SimplePassword => "simple",
            BfdAuthenticationType.KeyedMd5 => "keyed md5",
            BfdAuthenticationType.MeticulousKeyedMd5 => "meticulous keyed md5",
            BfdAuthenticationType.KeyedSha1 => "keyed sha1",
            BfdAuthenticationType.MeticulousKeyedSha1 => "meticulous keyed sha1",
            var other => throw new ArgumentOutOfRangeException(nameof(session), other, "expected a kind that BIRD has"),
        };
        // A key that shall be taken but not sent with is one whose time of sending is over.
        var keys = session.Keys.Select(static (key, i) => string.Create(
            CultureInfo.InvariantCulture, $"password \"{key.Text}\" {{ id {key.Id}; {(i == 0 ? "" : "generate to \"2001-01-01\"; ")}}};"));
        return string.Join(' ', [$"authentication {kind};", .. keys]);
    }
}
