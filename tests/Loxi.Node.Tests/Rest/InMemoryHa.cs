using Loxi.Api.V1;
using Loxi.Node.Ha;
using Loxi.Node.Rest;

namespace Loxi.Node.Tests.Rest;

/// <summary>Tells what it was given, and remembers pins.</summary>
internal sealed class InMemoryHa : INodeHa
{
    public const string Group = "llb-inst0";

    public HaReading? Reading { get; set; }

    public bool IsPinned { get; private set; }

    public Task<HaReading?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Reading);

    public IReadOnlyList<HaFinding> Findings { get; set; } = [];

    public Task<IReadOnlyList<HaFinding>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(Findings);

    public Task<bool> PinAsync(string group, CancellationToken cancellationToken) => SetAsync(group, true);

    public Task<bool> UnpinAsync(string group, CancellationToken cancellationToken) => SetAsync(group, false);

    private Task<bool> SetAsync(string group, bool pinned)
    {
        IsPinned = group == Group ? pinned : IsPinned;
        return Task.FromResult(group == Group);
    }
}
