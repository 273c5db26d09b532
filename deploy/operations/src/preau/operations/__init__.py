"""What operators do with a Préau that runs: the command ``preau``, without any service's code."""
