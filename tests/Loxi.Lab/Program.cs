using Loxi.Lab;

return await LabCommands.RunAsync(args);
