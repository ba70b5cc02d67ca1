using System.Collections.Immutable;
using System.Text;
using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Core;

namespace Loxi.Node.Bfd;

// Keys. A problem never shows a secret.
internal sealed partial class BfdReader
{
    private BfdAuthentication? ReadAuthentication(BfdAuthenticationArguments? wire, BfdAuthentication? before)
    {
        if (wire is null)
        {
            return before;
        }

        var count = _problems.Count;
        var isKnown = BfdAuthenticationNames.TryParse(wire.Type, out var type);
        if (!isKnown)
        {
            _problems.Add(Problem.Of(BfdFields.AuthenticationType, wire.Type, BfdAuthenticationNames.Expected));
        }

        var keys = wire.Keys ?? [];
        var isNone = isKnown && type == BfdAuthenticationType.None;
        if (isNone ? keys.Count != 0 : keys.Count is 0 or > BfdLimits.MostKeys)
        {
            _problems.Add(Problem.Of(BfdFields.AuthenticationKeys, $"{keys.Count} keys", isNone ? "none with the type none" : $"1 to {BfdLimits.MostKeys} keys"));
            return before;
        }

        var longest = type is BfdAuthenticationType.SimplePassword or BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5
            ? BfdLimits.LongestMd5Secret : BfdLimits.LongestSha1Secret;
        var read = ImmutableArray.CreateBuilder<BfdKey>(keys.Count);
        var seen = new HashSet<long>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (ReadKey(keys[i], i, longest, seen, before) is { } key)
            {
                read.Add(key);
            }
        }

        if (wire.ActiveKeyId is { } active && !seen.Contains(active))
        {
            _problems.Add(Problem.Of(BfdFields.ActiveKeyId, active, isNone ? "none with the type none" : "the id of one of the keys"));
        }

        return _problems.Count != count ? before
            : isNone ? null
            : new BfdAuthentication(type, read.ToImmutable()) { ActiveKeyId = (int?)wire.ActiveKeyId };
    }

    private BfdKey? ReadKey(BfdKeyArguments? wire, int index, int longest, HashSet<long> seen, BfdAuthentication? before)
    {
        var field = $"{BfdFields.AuthenticationKeys}[{index}]";
        if (wire is null)
        {
            _problems.Add(Problem.Of(field, null, "an object with id and secret"));
            return null;
        }

        var count = _problems.Count;
        if (wire.Id is not (>= 0 and <= 255))
        {
            _problems.Add(Problem.Of($"{field}.id", wire.Id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null", "0 to 255"));
        }
        else if (!seen.Add(wire.Id.Value))
        {
            _problems.Add(Problem.Of($"{field}.id", wire.Id, "an id that no key before it has"));
        }

        // What GET shows can be posted again: it has every key but no secret.
        var kept = wire.Secret is null ? before?.Keys.FirstOrDefault(key => key.Id == wire.Id) : null;
        var key = kept ?? BfdKey.FromText((int)Math.Clamp(wire.Id ?? 0, 0, 255), wire.Secret ?? "");
        if (key.Secret.Length == 0 || key.Secret.Length > longest)
        {
            _problems.Add(Problem.Of($"{field}.secret", wire.Secret is null && kept is null ? "null" : $"{key.Secret.Length} bytes", $"1 to {longest} bytes of text"));
        }

        return _problems.Count == count ? key : null;
    }

    /// <summary>The text of a secret, which was read as text.</summary>
    internal static string TextOf(BfdKey key) => Encoding.UTF8.GetString(key.Secret.AsSpan());
}
