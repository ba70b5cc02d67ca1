using System.Globalization;
using Loxi.Api.Wire;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>Writes peers as <c>GET /netlox/v1/config/bgp/neigh/all</c> shows them: loxilb's members, what <c>POST</c> takes, and what is wrong. Never a password.</summary>
internal static class BgpEntries
{
    public static BgpNeighborEntry ToEntry(ConfiguredPeer peer, BgpPeerReport? report, bool hasSpeaker) => new(BgpWire.ToArguments(peer, withPassword: false))
    {
        State = BgpNames.InCapitals(report?.State ?? BgpState.Idle),
        UpDownTime = TimeOf(report),
        HasPassword = peer.Settings.Md5Password is null ? null : true,
        Problem = ProblemOf(report, hasSpeaker),
    };

    /// <summary>Why there is no session.</summary>
    public static string? ProblemOf(BgpPeerReport? report, bool hasSpeaker) =>
        report is null ? hasSpeaker ? "not in force" : "the speaker has no AS yet: POST /netlox/v1/config/bgp/global"
        : report.State == BgpState.Established ? null
        : report.Held ?? report.LastEnd?.Text;

    /// <summary>As gobgp shows it: <c>01:02:03</c>, <c>4d 01:02:03</c>, <c>never</c>.</summary>
    private static string TimeOf(BgpPeerReport? report)
    {
        if (report is null || (report.State != BgpState.Established && report.Counters.Established == 0))
        {
            return "never";
        }

        var time = report.InState;
        return string.Create(CultureInfo.InvariantCulture, $"{(time.Days == 0 ? "" : $"{time.Days}d ")}{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}");
    }
}
