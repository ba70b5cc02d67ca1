using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>A node for each hook, started when the first test asks for it and shared by the tests of a class.</summary>
public sealed class HookScenarios : IAsyncLifetime
{
    private readonly Dictionary<string, Scenario> _scenarios = new(StringComparer.Ordinal);

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

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var scenario in _scenarios.Values)
        {
            await scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
