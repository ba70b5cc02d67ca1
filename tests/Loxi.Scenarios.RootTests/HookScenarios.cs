using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>A node for each hook, started when the first test asks for it and shared by the tests of a class.</summary>
public sealed class HookScenarios : IAsyncLifetime
{
    private readonly Dictionary<string, Scenario> _scenarios = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> _owned = [];

    internal async Task<Scenario> GetAsync(string hook, Func<Scenario, Task> prepare)
    {
        if (!_scenarios.TryGetValue(hook, out var scenario))
        {
            scenario = await Scenario.StartAsync(hook: hook);
            _scenarios.Add(hook, scenario);
            await prepare(scenario);
        }

        return scenario;
    }

    /// <summary>Ends a server together with the nodes.</summary>
    internal void Own(IAsyncDisposable server) => _owned.Add(server);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _owned)
        {
            await server.DisposeAsync();
        }

        foreach (var scenario in _scenarios.Values)
        {
            await scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
