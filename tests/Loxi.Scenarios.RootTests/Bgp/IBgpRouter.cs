namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>The router that both nodes tell where the VIP is.</summary>
internal interface IBgpRouter
{
    Task StartAsync();

    /// <summary>What it has, for whoever waits in vain.</summary>
    string Describe();

    /// <summary>The paths that it holds to a prefix, by the address of the node: <c>path 65100 65100, MED 20, LOCAL_PREF -</c>, with <c>path Local</c> for one of its own AS.</summary>
    IReadOnlyDictionary<string, string> ReadPaths(string prefix);
}
