using Loxi.Core.Services;
using Loxi.Node.Ha;
using Loxi.Node.State;

namespace Loxi.Node.Tests.Ha;

/// <summary>Services that are what a test says.</summary>
internal sealed class FakeGroupedServices : IGroupedServices
{
    public event Action? Changed;

    public DesiredState Current { get; private set; } = DesiredState.Empty;

    public ServiceModel WithSources => Sources.Apply(Current.Services);

    public Func<DesiredState, DesiredState, string?> Guard { get; set; } = static (_, _) => null;

    /// <summary>The next sources are refused by this.</summary>
    public Queue<Exception> Refusals { get; } = [];

    /// <summary>The sources that were posted last.</summary>
    public GroupSources Sources { get; private set; } = GroupSources.None;

    public Task SetSourcesAsync(GroupSources sources)
    {
        if (Refusals.TryDequeue(out var refusal))
        {
            return Task.FromException(refusal);
        }

        Sources = sources;
        return Task.CompletedTask;
    }

    public void Set(DesiredState desired)
    {
        Current = desired;
        Changed?.Invoke();
    }
}
