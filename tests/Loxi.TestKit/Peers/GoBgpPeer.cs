using System.Text.Json;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Peers;

/// <summary>GoBGP, one process with one configuration; it has no kernel routes of its own.</summary>
public sealed class GoBgpPeer(LabHost host) : RoutingPeer(host, "gobgp")
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private string _configuration = "";

    /// <summary>Whether the next start is told to be a restart: graceful restart's R bit (RFC 4724 3).</summary>
    public bool IsRestart { get; set; }

    private string Api => $"unix://{InFolder("api.sock")}";

    /// <summary>Sets the configuration (TOML) for the next start.</summary>
    public void Configure(string configuration) => _configuration = configuration;

    public override async Task StartAsync()
    {
        // A killed one leaves it, and the next cannot listen there.
        File.Delete(InFolder("api.sock"));
        Write("gobgpd.toml", _configuration);
        string[] restart = IsRestart ? ["-r"] : [];
        await RunAsync("/usr/bin/gobgpd", "Finished reading the config file", ["-f", InFolder("gobgpd.toml"), "--api-hosts", Api, "--pprof-disable", .. restart]);
        await WaitForApiAsync();
    }

    /// <summary>Runs one command of gobgp.</summary>
    public string Ask(params string[] words) => Shell.Run("gobgp", ["--target", Api, .. words]);

    /// <summary>Runs a command that answers with JSON.</summary>
    public JsonElement AskJson(params string[] words)
    {
        using var document = JsonDocument.Parse(Ask([.. words, "--json"]));
        return document.RootElement.Clone();
    }

    private async Task WaitForApiAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(Pause);
        while (true)
        {
            var (code, _, error) = Shell.Execute("gobgp", null, ["--target", Api, "global"]);
            if (code == 0)
            {
                return;
            }

            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"gobgpd cannot be asked in time: {error.Trim()}; its last lines:\n{Running[^1].Tail()}", e);
            }
        }
    }
}
