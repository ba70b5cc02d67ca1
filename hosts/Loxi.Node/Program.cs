using Loxi.Node.Composition;
using Loxi.Node.Options;

return await NodeCommand.RunAsync(args, NodeProgram.RunAsync, Console.Out, Console.Error);
