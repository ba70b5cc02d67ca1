using System.Collections.Immutable;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Core.Roles;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>Mode, keys and sending key as REST and the state directory have them. Pure. No problem shows a secret.</summary>
internal static class HaKeysReader
{
    public static string Modes { get; } = string.Join(", ", Enum.GetValues<HelloAuthenticationMode>().Select(HaNames.Of));

    /// <summary>Reads a change; null when there are problems.</summary>
    /// <param name="wire">What is asked for.</param>
    /// <param name="before">What is in force.</param>
    /// <param name="reread">The keys of the file, where they are asked for.</param>
    /// <param name="problems">Gets all that is wrong.</param>
    public static HelloAuthentication? Read(HaKeysArguments wire, HelloAuthentication before, ImmutableArray<HelloKey>? reread, List<Problem> problems)
    {
        var count = problems.Count;
        var mode = before.Mode;
        if (wire.Mode is not null && !TryMode(wire.Mode, out mode))
        {
            problems.Add(Problem.Of("mode", wire.Mode, $"one of {Modes}"));
        }

        var keys = reread ?? (wire.Keys is null ? (mode == HelloAuthenticationMode.Bootstrap ? [] : before.Keys) : ReadKeys(wire.Keys, before.Keys, problems));
        if (problems.Count != count)
        {
            return null;
        }

        var desired = new HelloAuthentication { Mode = mode, Keys = keys, Required = before.Required, SendKeyId = SendingKey(wire, before, keys, problems) };
        problems.AddRange(Check(desired));
        return problems.Count == count ? desired : null;
    }

    /// <summary>Finds what is wrong with mode, keys and sending key together.</summary>
    public static IEnumerable<Problem> Check(HelloAuthentication authentication) =>
        RoleSpeakerValidator.Validate(new RoleSpeakerSettings { NodeId = 0, Slices = 1, Source = RoleSource.None, Authentication = authentication }).Select(static p => p with { Field = Spell(p.Field) });

    public static bool TryMode(string text, out HelloAuthenticationMode mode)
    {
        foreach (var one in Enum.GetValues<HelloAuthenticationMode>())
        {
            if (HaNames.Of(one) == text)
            {
                mode = one;
                return true;
            }
        }

        mode = default;
        return false;
    }

    /// <summary>Reads keys; one without a secret is that of <paramref name="present"/> with the same number.</summary>
    public static ImmutableArray<HelloKey> ReadKeys(IReadOnlyList<HaKeyArguments?> wire, ImmutableArray<HelloKey> present, List<Problem> problems)
    {
        var keys = ImmutableArray.CreateBuilder<HelloKey>();
        foreach (var (i, key) in wire.Index())
        {
            if (key is null || key.Id is < 1 or > ushort.MaxValue)
            {
                problems.Add(Problem.Of($"keys[{i}].id", key?.Id, $"1 to {ushort.MaxValue}"));
            }
            else if (key.Secret is { } secret)
            {
                if (HelloKeyLines.IsSecret(secret))
                {
                    keys.Add(new HelloKey((ushort)key.Id, Convert.FromHexString(secret)));
                }
                else
                {
                    problems.Add(Problem.Of($"keys[{i}].secret", $"{secret.Length} characters", HelloKeyLines.ExpectedSecret));
                }
            }
            else if (present.FirstOrDefault(k => k.Id == key.Id) is { } known)
            {
                keys.Add(known);
            }
            else
            {
                problems.Add(Problem.Of($"keys[{i}].secret", "none", $"a secret: the node has no key {key.Id}"));
            }
        }

        return keys.DrainToImmutable();
    }

    public static HaKeys ToWire(HaModel model) => new()
    {
        Mode = HaNames.Of(model.Authentication.Mode),
        Send = model.Authentication.Keys.IsEmpty ? null : model.Authentication.SendKeyId ?? model.Authentication.Keys[0].Id,
        Origin = HaOrigin.Of(model.IsAuthenticationStored),
        KeysFrom = model.Authentication.Keys.IsEmpty ? "none" : model.AreKeysOfFile ? "file" : "stored",
        Keys = [.. model.Authentication.Keys.Select(static k => new HaKey { Id = k.Id, Fingerprint = k.ToFingerprint() })],
    };

    /// <summary>The one that was asked for; else that of before, while it is there: another order of the keys alone changes nothing.</summary>
    private static ushort? SendingKey(HaKeysArguments wire, HelloAuthentication before, ImmutableArray<HelloKey> keys, List<Problem> problems)
    {
        if (wire.Send is { } asked)
        {
            if (asked is >= 1 and <= ushort.MaxValue && keys.Any(k => k.Id == asked))
            {
                return (ushort)asked;
            }

            problems.Add(Problem.Of("send", asked, keys.IsEmpty ? "no sending key without keys" : $"the number of one of the keys: {string.Join(", ", keys.Select(static k => k.Id))}"));
            return null;
        }

        if (keys.IsEmpty)
        {
            return null;
        }

        var isSending = before.Mode is HelloAuthenticationMode.Permissive or HelloAuthenticationMode.Enforce;
        ushort? former = before.Keys.IsEmpty ? null : before.SendKeyId ?? before.Keys[0].Id;
        if (former is { } id && keys.Any(k => k.Id == id))
        {
            return id;
        }

        if (isSending)
        {
            problems.Add(Problem.Of("send", "none", $"the number of the key to send with, because key {former} is taken away: {string.Join(", ", keys.Select(static k => k.Id))}"));
        }

        return keys[0].Id;
    }

    private static string Spell(string field) => field switch
    {
        RoleSpeakerFields.Mode => "mode",
        RoleSpeakerFields.Keys => "keys",
        RoleSpeakerFields.SendKeyId => "send",
        _ => field,
    };
}
