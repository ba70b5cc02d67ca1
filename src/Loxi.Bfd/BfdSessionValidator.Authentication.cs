using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Bfd;

// Keys. A problem never shows a secret.
public static partial class BfdSessionValidator
{
    private static void CheckAuthentication(BfdAuthentication? authentication, ImmutableArray<Problem>.Builder problems)
    {
        if (authentication is null)
        {
            return;
        }

        var isKnown = Enum.IsDefined(authentication.Type) && authentication.Type != BfdAuthenticationType.None;
        if (!isKnown)
        {
            problems.Add(Problem.Of(BfdSessionFields.AuthenticationType, authentication.Type, "SimplePassword, KeyedMd5, MeticulousKeyedMd5, KeyedSha1 or MeticulousKeyedSha1"));
        }

        var keys = authentication.KeySpan;
        if (keys.Length is 0 or > BfdLimits.MostKeys)
        {
            problems.Add(Problem.Of(BfdSessionFields.AuthenticationKeys, $"{keys.Length} keys", $"1 to {BfdLimits.MostKeys} keys"));
        }

        var longest = authentication.Type is BfdAuthenticationType.KeyedSha1 or BfdAuthenticationType.MeticulousKeyedSha1 ? BfdLimits.LongestSha1Secret : BfdLimits.LongestMd5Secret;
        var seen = new HashSet<int>();
        for (var i = 0; i < keys.Length; i++)
        {
            CheckKey(keys[i], i, isKnown ? longest : BfdLimits.LongestSha1Secret, seen, problems);
        }

        if (authentication.ActiveKeyId is { } active && !seen.Contains(active))
        {
            problems.Add(Problem.Of(BfdSessionFields.ActiveKeyId, active, "the id of one of the keys"));
        }
    }

    private static void CheckKey(BfdKey? key, int index, int longest, HashSet<int> seen, ImmutableArray<Problem>.Builder problems)
    {
        if (key is null)
        {
            problems.Add(Problem.Of($"{BfdSessionFields.AuthenticationKeys}[{index}]", null, "a key"));
            return;
        }

        if (key.Id is < 0 or > 255)
        {
            problems.Add(Problem.Of(BfdSessionFields.KeyId(index), key.Id, "0 to 255"));
        }

        if (!seen.Add(key.Id))
        {
            problems.Add(Problem.Of(BfdSessionFields.KeyId(index), key.Id, "an id that no key before it has"));
        }

        if (key.Bytes.Length < 1 || key.Bytes.Length > longest)
        {
            problems.Add(Problem.Of(BfdSessionFields.KeySecret(index), $"{key.Bytes.Length} bytes", $"1 to {longest} bytes"));
        }
    }
}
