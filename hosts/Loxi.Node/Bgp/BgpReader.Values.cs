using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core;

namespace Loxi.Node.Bgp;

// Numbers, times, words, lists.
internal sealed partial class BgpReader
{
    private delegate bool Parser<T>(string text, out T value);

    private BgpPeerSettings ReadTimers(BgpNeighborArguments wire, BgpPeerSettings before)
    {
        var retry = Milliseconds(BgpWireFields.ConnectRetry, wire.ConnectRetry, 100, 300_000, before.ConnectRetryTime, 1_000);
        return before with
        {
            HoldTime = ReadHoldTime(wire.HoldTime, before.HoldTime),
            KeepaliveInterval = SecondsOrNone(BgpWireFields.Keepalive, wire.Keepalive, 1, 65_535, before.KeepaliveInterval),
            ConnectRetryTime = retry,
            ConnectRetryLimit = Milliseconds(BgpFields.ConnectRetryLimit, wire.ConnectRetryLimit, 100, 3_600_000, before.ConnectRetryLimit, Math.Max(30_000, (long)retry.TotalMilliseconds)),
            OpenHoldTime = TimeSpan.FromSeconds(Number(BgpFields.OpenHoldTime, wire.OpenHoldTime, 3, 3_600, (long)before.OpenHoldTime.TotalSeconds, 240)),
            SendHoldTime = SecondsOrNone(BgpFields.SendHoldTime, wire.SendHoldTime, 3, 65_535, before.SendHoldTime),
        };
    }

    private TimeSpan ReadHoldTime(long? wire, TimeSpan before) => wire switch
    {
        null => before,
        0 => TimeSpan.Zero,
        { } seconds => InRange(BgpFields.HoldTime, seconds, 3, 65_535, "0, or 3 to 65535 seconds") ? TimeSpan.FromSeconds(seconds) : before,
    };

    /// <summary>A number; absent it stays, 0 is the usual one.</summary>
    private long Number(string field, long? wire, long least, long greatest, long before, long usual) =>
        wire is null ? before : wire == 0 ? usual : InRange(field, wire.Value, least, greatest, $"0 or {least} to {greatest}") ? wire.Value : before;

    /// <summary>A number; absent it stays, 0 takes it away.</summary>
    private long? OrNone(string field, long? wire, long least, long greatest, long? before) =>
        wire is null ? before : wire == 0 ? null : InRange(field, wire.Value, least, greatest, $"0 or {least} to {greatest}") ? wire : before;

    private TimeSpan? SecondsOrNone(string field, long? wire, long least, long greatest, TimeSpan? before) =>
        wire is null ? before : OrNone(field, wire, least, greatest, null) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private TimeSpan Milliseconds(string field, long? wire, long least, long greatest, TimeSpan before, long usual) =>
        TimeSpan.FromMilliseconds(Number(field, wire, least, greatest, (long)before.TotalMilliseconds, usual));

    private bool InRange(string field, long value, long least, long greatest, string expected)
    {
        var holds = value >= least && value <= greatest;
        if (!holds)
        {
            _problems.Add(Problem.Of(field, value, expected));
        }

        return holds;
    }

    private BgpTcpAoKey? ReadTcpAo(BgpTcpAoArguments? wire, BgpTcpAoKey? before)
    {
        if (wire is null || wire.Secret is { Length: 0 })
        {
            return wire is null ? before : null;
        }

        if ((wire.Secret ?? before?.Secret) is not { } secret)
        {
            _problems.Add(Problem.Of(BgpFields.TcpAoSecret, null, "1 to 80 bytes of text for a new key"));
            secret = "";
        }

        var id = wire.KeyId is not { } given ? before?.Id ?? 0 : InRange(BgpWireFields.TcpAoKeyId, given, 0, 255, "0 to 255") ? (byte)given : (byte)0;
        var algorithm = Word<BgpTcpAoAlgorithm>(BgpWireFields.TcpAoAlgorithm, wire.Algorithm, BgpNames.TryParseTcpAo, BgpNames.ExpectedTcpAo, before?.Algorithm ?? BgpTcpAoAlgorithm.HmacSha1);
        return new BgpTcpAoKey(id, secret) { Algorithm = algorithm };
    }

    private T Word<T>(string field, string? wire, Parser<T> parse, string expected, T before)
    {
        if (string.IsNullOrEmpty(wire))
        {
            return before;
        }

        if (parse(wire, out var value))
        {
            return value;
        }

        _problems.Add(Problem.Of(field, wire, expected));
        return before;
    }

    private ImmutableArray<string> Names(string field, IReadOnlyList<string?>? wire, ImmutableArray<string> before)
    {
        if (wire is null)
        {
            return before;
        }

        foreach (var (index, name) in wire.Index().Where(static n => string.IsNullOrEmpty(n.Item)))
        {
            _problems.Add(Problem.Of($"{field}[{index}]", name, "the name of a policy"));
        }

        return [.. wire.Select(static name => name ?? "")];
    }

    private IPAddress? ReadAddress(string field, string text)
    {
        if (AddressText.TryParse(text, out var address))
        {
            return address;
        }

        _problems.Add(Problem.Of(field, text, AnAddress));
        return null;
    }

    /// <summary>Adds problems of members that have none yet.</summary>
    private void Merge(IEnumerable<Problem> problems)
    {
        var known = _problems.Select(static p => p.Field).ToHashSet(StringComparer.Ordinal);
        _problems.AddRange(problems.Where(problem => !known.Contains(problem.Field)));
    }
}
