using Xunit;

namespace Loxi.Scenarios.RootTests.Egress;

/// <summary>Nodes with <c>--egr-hooks</c>, started when the first test asks for them and shared by the tests of a class.</summary>
public sealed class EgressLabs : IAsyncLifetime
{
    private readonly Dictionary<(string Hook, bool Pods), EgressLab> _labs = [];

    /// <param name="pods">Whether the interfaces of pods carry the balancer too, or are on the blacklist.</param>
    internal async Task<EgressLab> GetAsync(string hook, bool pods)
    {
        if (!_labs.TryGetValue((hook, pods), out var lab))
        {
            lab = await EgressLab.StartAsync(hook, pods ? ["--whitelist", "^(eth|cni|veth)"] : []);
            _labs.Add((hook, pods), lab);
        }

        return lab;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var lab in _labs.Values)
        {
            await lab.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
