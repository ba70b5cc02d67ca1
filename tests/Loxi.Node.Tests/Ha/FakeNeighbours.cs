using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Roles;

namespace Loxi.Node.Tests.Ha;

/// <summary>An announcer of VIPs that keeps what it is told.</summary>
internal sealed class FakeNeighbours : INeighbourAnnouncer
{
    /// <summary>What it was told, one line each.</summary>
    public List<string> Told { get; } = [];

    public ImmutableArray<AnnouncedGroup> Groups { get; private set; } = [];

    /// <summary>Every declaration.</summary>
    public List<ImmutableArray<AnnouncedGroup>> Declared { get; } = [];

    /// <summary>The next declarations are refused by this.</summary>
    public Queue<Exception> Refusals { get; } = [];

    public Exception? RoleRefusal { get; set; }

    public ImmutableArray<AddressClaim> Claims { get; set; } = [];

    public Task ApplyAsync(ImmutableArray<AnnouncedGroup> groups, CancellationToken cancellationToken = default)
    {
        if (Refusals.TryDequeue(out var refusal))
        {
            return Task.FromException(refusal);
        }

        Groups = groups;
        Declared.Add(groups);
        return Task.CompletedTask;
    }

    public Task SetRoleAsync(string group, bool isMaster, ImmutableArray<IPAddress> withheld = default)
    {
        Told.Add($"{group} {(isMaster ? "master" : "backup")}{(withheld.IsDefaultOrEmpty ? "" : " without " + string.Join(' ', withheld))}");
        return RoleRefusal is null ? Task.CompletedTask : Task.FromException(RoleRefusal);
    }

    public Task RepeatAsync(string? group = null)
    {
        Told.Add($"{group} again");
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<AddressClaim>> ProbeAsync(string group, ImmutableArray<IPAddress> addresses = default, CancellationToken cancellationToken = default)
    {
        Told.Add($"{group} probe {(addresses.IsDefaultOrEmpty ? "all" : string.Join(' ', addresses))}");
        return Task.FromResult(Claims);
    }

    public Task SetPeersAsync(ImmutableArray<IPAddress> addresses) => Task.CompletedTask;

    public IDisposable Subscribe(Action<AddressConflict> listener) => throw new NotSupportedException();
}
