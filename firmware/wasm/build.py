from wasmc.viper import sources
