using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Linux;
using Loxi.Samples.ReplicatedTable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

if (Arguments.Read(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

try
{
    var table = new WordTable(arguments.Node, TimeProvider.System.GetUtcNow());
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.Services.AddSingleton<ISyncTable<Word, Word>>(table).AddSingleton<ISyncSchema<Word, Word>, WordSchema>();
    builder.Services.AddLoxiHa().AddSync<Word, Word>(sync =>
    {
        (sync.NodeId, sync.StateDirectory) = (arguments.Node, arguments.Directory);
        (sync.MaxEntries, sync.Settings) = (100_000, arguments.Settings);
    });
    using var host = builder.Build();
    var speaker = host.Services.GetRequiredService<ISyncSpeaker>();
    Console.WriteLine($"pin of node {arguments.Node}: {speaker.Pin}");
    if (arguments.Settings.Peers.IsEmpty)
    {
        return 0;
    }

    using var told = speaker.Subscribe(static e => Console.WriteLine($"{e.Kind} node {e.Peer} {e.Channel} {e.Remote} {e.Text}"));
    await host.StartAsync();
    var ended = await Task.WhenAny(Task.Run(() => Commands.RunAsync(table, speaker)), host.WaitForShutdownAsync());
    await host.StopAsync();
    await ended;
    return 0;
}
catch (Exception e) when (e is OptionsValidationException or SyncCertificateException or InvalidSyncSettingsException or LinuxException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
