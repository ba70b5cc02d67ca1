using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.Bfd;

/// <summary>The BFD sessions that there shall be. Immutable; a change makes another one.</summary>
internal sealed record BfdModel
{
    /// <summary>Most sessions.</summary>
    public const int Limit = 4_096;

    public static BfdModel Empty { get; } = new();

    public ImmutableDictionary<BfdName, ConfiguredBfd> Sessions { get; init; } = ImmutableDictionary<BfdName, ConfiguredBfd>.Empty;

    /// <summary>The sessions in the order of their peers.</summary>
    public ImmutableArray<ConfiguredBfd> InOrder =>
        [.. Sessions.Values.OrderBy(static s => s.Name.Peer, Comparer<IPAddress>.Create(AddressOrder.Compare)).ThenBy(static s => s.Name.Interface, StringComparer.Ordinal)];

    /// <summary>Those that are saved.</summary>
    public IEnumerable<ConfiguredBfd> Saved => InOrder.Where(static s => s.Origin == BfdOrigin.Api);

    /// <summary>Makes a session, or changes the one with the same name.</summary>
    public BfdResult Put(BfdArguments arguments, IBfdHost host, out BfdModel desired)
    {
        desired = this;
        var reading = BfdReader.Read(arguments, this, host);
        if (reading.Session is not { } session)
        {
            return new BfdResult(reading.Outcome, reading.Problems);
        }

        if (Sessions.TryGetValue(session.Name, out var there) ? there == session : Sessions.Count >= Limit)
        {
            return new BfdResult(there is null ? BfdOutcome.LimitReached : BfdOutcome.Unchanged);
        }

        desired = With(session);
        return new BfdResult(BfdOutcome.Done);
    }

    /// <summary>Takes a session away.</summary>
    public BfdResult Remove(BfdSelector selector, out BfdModel desired)
    {
        desired = this;
        if (BfdReader.UnknownInstance(selector.Instance) is { } unknown)
        {
            return new BfdResult(BfdOutcome.NoInstance, [unknown]);
        }

        BfdName[] meant = [.. Sessions.Keys.Where(name => name.Peer.Equals(selector.Peer) && (selector.Interface.Length == 0 || name.Interface == selector.Interface))];
        if (meant.Length > 1)
        {
            var interfaces = string.Join(", ", meant.Select(static name => name.Interface).Order(StringComparer.Ordinal));
            return new BfdResult(BfdOutcome.Malformed, [Problem.Of(BfdFields.Interface, "", $"one of {interfaces}: each has a session with {selector.Peer}")]);
        }

        if (meant.Length == 0)
        {
            return new BfdResult(BfdOutcome.NotFound);
        }

        desired = this with { Sessions = Sessions.Remove(meant[0]) };
        return new BfdResult(BfdOutcome.Done);
    }

    /// <summary>With a session, in the place of the one of the same name.</summary>
    public BfdModel With(ConfiguredBfd session) => this with { Sessions = Sessions.SetItem(session.Name, session) };
}
