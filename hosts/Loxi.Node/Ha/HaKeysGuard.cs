using System.Collections.Immutable;
using Loxi.Core;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>Finds whom this node would not hear any more after a change of keys, and who would not hear it. Pure.</summary>
internal static class HaKeysGuard
{
    /// <summary>What no force helps against: who has heard a run with authentication hears nothing else of it.</summary>
    public static Problem? Forbidden(HelloAuthentication before, HelloAuthentication desired) =>
        Sends(before) && !Sends(desired)
            ? Problem.Of("mode", HaNames.Of(desired.Mode), $"permissive or enforce: other nodes hear nothing without authentication any more of a node that was {HaNames.Of(before.Mode)}, before it is started again")
            : null;

    /// <summary>Each node that is heard now and would not be any more.</summary>
    /// <param name="peers">The other nodes at this moment.</param>
    /// <param name="before">What is in force.</param>
    /// <param name="desired">What is asked for.</param>
    public static ImmutableArray<Problem> Unheard(ImmutableArray<RolePeerStatus> peers, HelloAuthentication before, HelloAuthentication desired)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var peer in peers.Where(static p => p.IsHeard))
        {
            if (peer.KeyId == 0)
            {
                if (desired.Mode == HelloAuthenticationMode.Enforce)
                {
                    problems.Add(Problem.Of("mode", HaNames.Of(desired.Mode), $"a mode that hears node {peer.NodeId}, which sends without authentication; or force"));
                }
            }
            else if (before.Keys.FirstOrDefault(k => k.Id == peer.KeyId) is { } used && !desired.Keys.Contains(used))
            {
                problems.Add(Problem.Of("keys", desired.Keys.IsEmpty ? "none" : string.Join(", ", desired.Keys.Select(static k => k.Id)), $"key {used.Id} as it is among them, with which node {peer.NodeId} sends; or force"));
            }
        }

        return problems.DrainToImmutable();
    }

    private static bool Sends(HelloAuthentication authentication) => authentication.Mode is HelloAuthenticationMode.Permissive or HelloAuthenticationMode.Enforce;
}
