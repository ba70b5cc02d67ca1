using System.Globalization;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Bfd;
using Loxi.Core;

namespace Loxi.Node.Options;

/// <summary>Reads <c>--ka</c>: the grammar is loxilb's, and IPv6 addresses are in brackets.</summary>
internal static class KeepAliveFlag
{
    public const string Name = "--ka";

    private const string Grammar = "PEER[:SELF[:MICROSECONDS]] with IPv6 addresses in brackets, such as 192.0.2.2:192.0.2.1:100000 or [2001:db8::2]:[2001:db8::1]; or none";

    /// <summary>Reads the flag's value; null for <c>none</c>, and when there are problems.</summary>
    public static KeepAlive? Read(string text, List<Problem> problems)
    {
        if (text == "none")
        {
            return null;
        }

        if (!TrySplit(text, out var peer, out var self, out var interval))
        {
            problems.Add(Problem.Of(Name, text, Grammar));
            return null;
        }

        var count = problems.Count;
        void Refuse(string part, string what) => problems.Add(Problem.Of(Name, text, $"{what}; '{part}' is not that"));
        if (!TryAddress(peer, out var peerAddress, out var scope))
        {
            Refuse(peer, "an IPv4 address, or an IPv6 address in brackets, as PEER");
        }

        IPAddress? selfAddress = null;
        if (self is not null && (!TryAddress(self, out selfAddress, out var selfScope) || (selfScope is not null && selfScope != scope)))
        {
            Refuse(self, "an IPv4 address, or an IPv6 address in brackets, as SELF");
        }

        var microseconds = 0L;
        if (interval is not null && !long.TryParse(interval, NumberStyles.None, CultureInfo.InvariantCulture, out microseconds))
        {
            Refuse(interval, "a whole number as MICROSECONDS");
        }

        if (problems.Count != count)
        {
            return null;
        }

        var isAny = selfAddress is null || selfAddress.Equals(IPAddress.Any) || selfAddress.Equals(IPAddress.IPv6Any);
        var settings = new BfdSessionSettings(peerAddress!) { LocalAddress = isAny ? null : selfAddress, Interface = scope };
        if (interval is not null)
        {
            // What does not fit is refused as what is too long.
            var time = TimeSpan.FromTicks(Math.Min(microseconds, uint.MaxValue + 1L) * TimeSpan.TicksPerMicrosecond);
            settings = settings with { DesiredMinTxInterval = time, RequiredMinRxInterval = time };
        }

        // The receive interval is the transmit interval: what is wrong with it is said once.
        var wrong = BfdSessionValidator.Validate(settings).Where(static p => p.Field != BfdSessionFields.RequiredMinRxInterval).ToArray();
        problems.AddRange(wrong.Select(problem => Problem.Of(Name, text, Spell(problem, scope))));
        return wrong.Length == 0 ? new KeepAlive(settings) : null;
    }

    private static string Spell(Problem problem, string? scope) => problem.Field switch
    {
        BfdSessionFields.PeerAddress => $"as PEER {problem.Expected}",
        BfdSessionFields.LocalAddress => $"as SELF {problem.Expected}, or 0.0.0.0",
        BfdSessionFields.DesiredMinTxInterval => $"as MICROSECONDS {problem.Expected}",
        _ => scope is null ? "the interface of a link-local PEER, such as [fe80::2%eth0]" : $"as interface {problem.Expected}",
    };

    /// <summary>Colons separate, but not those within brackets.</summary>
    private static bool TrySplit(string text, out string peer, out string? self, out string? interval)
    {
        const int Most = 3;
        var parts = new List<string>();
        var start = 0;
        var depth = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i == text.Length ? ':' : text[i];
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ':' && (depth == 0 || i == text.Length))
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        peer = parts[0];
        self = parts.ElementAtOrDefault(1);
        interval = parts.ElementAtOrDefault(2);
        return depth == 0 && parts.Count <= Most && parts.TrueForAll(static part => part.Length != 0);
    }

    private static bool TryAddress(string text, out IPAddress? address, out string? scope)
    {
        scope = null;
        var isBracketed = text is ['[', .., ']'];
        text = isBracketed ? text[1..^1] : text;
        if (isBracketed && text.IndexOf('%', StringComparison.Ordinal) is >= 0 and var percent)
        {
            (text, scope) = (text[..percent], text[(percent + 1)..]);
        }

        return AddressText.TryParse(text, out address) && isBracketed == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
    }
}
